package dev.inkling.app;

import com.beust.jcommander.JCommander;
import com.beust.jcommander.ParameterDescription;
import dev.inkling.spi.InvalidInputException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reads the arguments. JCommander fills the settings; names that do not exist are found beforehand, because JCommander
 * takes an unknown option for a positional argument.
 */
final class CommandLine {

    private final GlobalSettings global = new GlobalSettings();
    private final Map<String, CommandSettings> commands = new LinkedHashMap<>();
    private final JCommander program;

    CommandLine(List<CommandSettings> available) {
        program = JCommander.newBuilder()
                .programName("inkling")
                .addObject(global)
                .expandAtSign(false)
                .build();
        for (CommandSettings settings : available) {
            program.addCommand(settings);
        }
        // JCommander keeps the order in which commands were added.
        List<String> names = List.copyOf(program.getCommands().keySet());
        for (int i = 0; i < names.size(); i++) {
            commands.put(names.get(i), available.get(i));
            program.getCommands().get(names.get(i)).addObject(global);
        }
    }

    /**
     * Fills the settings.
     *
     * @return the command's settings; empty if no command was named
     * @throws InvalidInputException if a command or an option does not exist, or an option lacks its value
     * @throws com.beust.jcommander.ParameterException if a value cannot be read or a required option is missing
     */
    Optional<CommandSettings> parse(String... arguments) {
        checkNames(arguments);
        program.parse(arguments);
        return command().map(commands::get);
    }

    GlobalSettings global() {
        return global;
    }

    /** The help of the command named on the command line, or the program's. */
    String help() {
        return command()
                .map(name -> Help.ofCommand(name, program.getCommands().get(name), commands.get(name), global))
                .orElseGet(() -> Help.ofProgram(program, commands));
    }

    private Optional<String> command() {
        return Optional.ofNullable(program.getParsedCommand());
    }

    private void checkNames(String... arguments) {
        JCommander scope = program;
        Map<String, ParameterDescription> options = options(scope);
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            String name = argument.contains("=") ? argument.substring(0, argument.indexOf('=')) : argument;
            if (argument.equals("--")) {
                return;
            } else if (options.containsKey(name)) {
                if (name.equals(argument) && takesValue(options.get(name))) {
                    i++;
                    if (i < arguments.length && options.containsKey(arguments[i])) {
                        throw new InvalidInputException(
                                "option '%s' needs a value, found the option '%s' instead", name, arguments[i]);
                    }
                }
            } else if (argument.startsWith("-") && argument.length() > 1) {
                throw new InvalidInputException(
                        "no option '%s'%s; options: %s%s",
                        name,
                        scope == program ? "" : " for '" + scope.getProgramName() + "'",
                        String.join(", ", options.keySet()),
                        DidYouMean.hint(name, options.keySet()));
            } else if (scope == program) {
                if (!commands.containsKey(argument)) {
                    throw new InvalidInputException(
                            "no command '%s'; commands: %s%s",
                            argument,
                            String.join(", ", commands.keySet()),
                            DidYouMean.hint(argument, commands.keySet()));
                }
                scope = program.getCommands().get(argument);
                options = options(scope);
            } else if (scope.getMainParameterValue() == null) {
                throw new InvalidInputException(
                        "'%s' takes no argument '%s'; 'inkling %s --help' shows what it takes",
                        scope.getProgramName(), argument, scope.getProgramName());
            }
        }
    }

    private static boolean takesValue(ParameterDescription option) {
        Class<?> type = option.getParameterized().getType();
        boolean flag = type == boolean.class || type == Boolean.class;
        return !flag || option.getParameter().arity() > 0;
    }

    private static Map<String, ParameterDescription> options(JCommander scope) {
        return Help.described(scope).stream()
                .flatMap(option -> Arrays.stream(option.getParameter().names()).map(name -> Map.entry(name, option)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
    }
}

package dev.inkling.app;

import com.beust.jcommander.JCommander;
import com.beust.jcommander.ParameterDescription;
import com.beust.jcommander.Parameters;
import dev.inkling.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the arguments. JCommander fills the settings of the one command that is named; the global options may stand on
 * both sides of its name. Names that do not exist are found beforehand, because JCommander takes an unknown option for a
 * positional argument.
 */
final class CommandLine {

    private final GlobalSettings global = new GlobalSettings();
    private final JCommander program = parser(global);
    private final Map<String, CommandSettings> commands = new LinkedHashMap<>();
    private final Map<String, JCommander> parsers = new LinkedHashMap<>();
    private Optional<String> command = Optional.empty();

    CommandLine(List<CommandSettings> available) {
        for (CommandSettings settings : available) {
            for (String name :
                    settings.getClass().getAnnotation(Parameters.class).commandNames()) {
                commands.put(name, settings);
                parsers.put(name, parser(settings, global));
            }
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
        List<String> own = withoutCommand(arguments);
        command.map(parsers::get).orElse(program).parse(own.toArray(String[]::new));
        return command.map(commands::get);
    }

    GlobalSettings global() {
        return global;
    }

    /** The help of the command that was named, or the program's. */
    String help() {
        return command.map(name -> Help.ofCommand(name, parsers.get(name), commands.get(name)))
                .orElseGet(() -> Help.ofProgram(program, commands));
    }

    /** Finds the command, checks that all names exist, and splits {@code --option=value} in two. */
    private List<String> withoutCommand(String... arguments) {
        List<String> own = new ArrayList<>();
        Map<String, ParameterDescription> options = options(program);
        Optional<String> waiting = Optional.empty();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (waiting.isPresent()) {
                if (options.containsKey(argument)) {
                    throw new InvalidInputException(
                            "option '%s' needs a value, found the option '%s' instead", waiting.get(), argument);
                }
                waiting = Optional.empty();
                own.add(argument);
            } else if (argument.equals("--")) {
                own.addAll(Arrays.asList(arguments).subList(i, arguments.length));
                return own;
            } else if (options.containsKey(name)) {
                own.add(name);
                if (equals >= 0) {
                    if (isFlag(options.get(name))) {
                        throw new InvalidInputException("option '%s' takes no value, found '%s'", name, argument);
                    }
                    own.add(argument.substring(equals + 1));
                } else if (!isFlag(options.get(name))) {
                    waiting = Optional.of(name);
                }
            } else if (argument.startsWith("-") && argument.length() > 1) {
                throw noOption(name, options.keySet());
            } else if (command.isEmpty()) {
                if (!commands.containsKey(argument)) {
                    throw new InvalidInputException(
                            "no command '%s'; commands: %s%s",
                            argument,
                            String.join(", ", commands.keySet()),
                            DidYouMean.hint(argument, commands.keySet()));
                }
                command = Optional.of(argument);
                options = options(parsers.get(argument));
            } else if (parsers.get(command.get()).getMainParameterValue() == null) {
                throw new InvalidInputException(
                        "'%s' takes no argument '%s'; 'inkling %s --help' shows what it takes",
                        command.get(), argument, command.get());
            } else {
                own.add(argument);
            }
        }
        waiting.ifPresent(name -> {
            throw new InvalidInputException("option '%s' needs a value", name);
        });
        return own;
    }

    private InvalidInputException noOption(String name, Collection<String> options) {
        if (command.isPresent()) {
            return new InvalidInputException(
                    "no option '%s' for '%s'; options: %s%s",
                    name, command.get(), String.join(", ", options), DidYouMean.hint(name, options));
        }
        Optional<String> owner = commands.keySet().stream()
                .filter(candidate -> options(parsers.get(candidate)).containsKey(name))
                .findFirst();
        return new InvalidInputException(
                "no option '%s' before the command; options: %s%s",
                name,
                String.join(", ", options),
                owner.map(candidate -> " — did you mean 'inkling " + candidate + " " + name + "'?")
                        .orElseGet(() -> DidYouMean.hint(name, options)));
    }

    private static JCommander parser(Object... settings) {
        JCommander.Builder builder = JCommander.newBuilder().expandAtSign(false);
        Arrays.asList(settings).forEach(builder::addObject);
        JCommander parser = builder.build();
        parser.createDescriptions();
        return parser;
    }

    private static boolean isFlag(ParameterDescription option) {
        Class<?> type = option.getParameterized().getType();
        return (type == boolean.class || type == Boolean.class)
                && option.getParameter().arity() <= 0;
    }

    private static Map<String, ParameterDescription> options(JCommander parser) {
        Map<String, ParameterDescription> options = new LinkedHashMap<>();
        for (ParameterDescription option : Help.described(parser)) {
            for (String name : option.getParameter().names()) {
                options.put(name, option);
            }
        }
        return options;
    }
}

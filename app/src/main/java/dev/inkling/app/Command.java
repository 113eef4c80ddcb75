package dev.inkling.app;

/**
 * One sub-command, ready to run. How to add one:
 *
 * <ol>
 *   <li>Write {@code final class FrobCommand implements Command} with a nested {@code static final class Settings
 *       implements CommandSettings}. The settings are what JCommander fills ({@code @Parameters(commandNames,
 *       commandDescription)} on the class, {@code @Parameter} on its fields); they know no collaborator.
 *   <li>Give the command one constructor with {@code @Inject} (jakarta.inject). It may ask for its own {@code Settings},
 *       the {@link Terminal}, the {@link ExplainerCatalog} (plug-ins are loaded only for a command that asks for it),
 *       {@link ReportWork}, and
 *       whatever the settings' {@link CommandSettings#module()} binds. The binder is strict: nothing else is found.
 *   <li>Add {@code new FrobCommand.Settings()} to {@link Commands#all()}: the only list of commands.
 * </ol>
 *
 * <p>The command line is parsed first and the command is injected second, so {@code --help} and wrong use cost nothing.
 * Native resources are opened in {@link #run}, in try-with-resources. A test calls the constructor, or
 * {@link Main#run(String[], java.io.PrintStream, java.io.PrintStream)} for the whole way.
 */
public interface Command {

    /**
     * Does the work.
     *
     * @return the exit code: {@link Main#OK}, {@link Main#FAILURE} or {@link Main#WRONG_USE}
     * @throws dev.inkling.spi.InvalidInputException if the user gave something wrong: its message is printed, exit code 2
     * @throws Exception whatever else stops the work: its root cause is printed in one line, exit code 1
     */
    int run() throws Exception;
}

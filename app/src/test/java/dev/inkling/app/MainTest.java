package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.google.inject.AbstractModule;
import com.google.inject.Module;
import dev.inkling.spi.InvalidInputException;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The frame, with commands of the test's own. */
class MainTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aCommandGetsItsSettingsAndCollaboratorsAndItsExitCodeIsTheProgrammes() {
        assertThat(run("echo", "--times", "2", "--word=a=b", "one", "two")).isEqualTo(Main.FAILURE);
        assertThat(out()).isEqualTo("a=b a=b [one, two] bound by the settings' module\n");
        assertThat(err()).isEmpty();
    }

    @Test
    void theProgramsHelpListsCommandsAndGlobalOptions() {
        assertThat(run("--help")).isEqualTo(Main.OK);
        assertThat(out()).isEqualTo("""
                        Trains an image classifier and shows why it decides what it decides.

                        usage: inkling COMMAND [OPTION]...

                        commands
                          echo     says it again
                          throw    fails
                          catalog  loads the catalog
                          greedy   asks for more than is bound

                        options of every command
                          --plugins DIR  also look for plug-ins in this folder (repeatable)
                          --debug        print stack traces
                          --help, -h     print this help
                          --version      print the version

                        examples
                          inkling COMMAND --help
                          inkling explainers
                        """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo --help", "--help echo", "-h echo", "echo -h"})
    void aCommandsHelpNeedsNothingElseToBeRight(String arguments) {
        assertThat(run(arguments.split(" "))).isEqualTo(Main.OK);
        assertThat(out()).isEqualTo("""
                        usage: inkling echo [OPTION]... [IMAGE]...

                        Says it again.

                        arguments
                          [IMAGE]...  what to look at

                        options
                          --word WORD  what to say (required)

                        fine tuning
                          --times N  how often (default: 3)
                          --a-very-long-option-name A-VERY-LONG-VALUE
                                     shown below, for it would push all other descriptions to the right edge of the window
                                     where nobody reads them

                        options of every command
                          --plugins DIR  also look for plug-ins in this folder (repeatable)
                          --debug        print stack traces
                          --help, -h     print this help
                          --version      print the version

                        examples
                          inkling echo --word hello
                        """);
    }

    @Test
    void noCommandIsWrongUse() {
        assertThat(run()).isEqualTo(Main.WRONG_USE);
        assertThat(out()).isEmpty();
        assertThat(err()).contains("usage: inkling COMMAND");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "echo --version"})
    void theVersionIsPrinted(String arguments) {
        assertThat(run(arguments.split(" "))).isEqualTo(Main.OK);
        assertThat(out()).isEqualTo("inkling " + Main.version() + "\n");
    }

    @Test
    void anUnknownCommandIsAnsweredWithThoseThatExist() {
        assertWrong("no command 'ehco'; commands: echo, throw, catalog, greedy — did you mean 'echo'?", "ehco");
        assertWrong("no command 'sing'; commands: echo, throw, catalog, greedy", "sing", "--word", "la");
    }

    @Test
    void anUnknownOptionIsAnsweredWithThoseThatExist() {
        String options =
                "options: --word, --times, --a-very-long-option-name, --plugins, --debug, --help, -h, --version";
        assertWrong("no option '--wrod' for 'echo'; " + options + " — did you mean '--word'?", "echo", "--wrod", "x");
        assertWrong("no option '--wor' for 'echo'; " + options + " — did you mean '--word'?", "echo", "--wor=x");
        assertWrong("no option '-q' for 'echo'; " + options, "echo", "--word", "x", "image.png", "-q");
    }

    @Test
    void anOptionOfACommandBeforeItsNameIsExplained() {
        assertWrong(
                "no option '--word' before the command; options: --plugins, --debug, --help, -h, --version — did you mean"
                        + " 'inkling echo --word'?",
                "--word",
                "x",
                "echo");
    }

    @Test
    void missingAndWrongValuesAreRefused() {
        assertWrong("option '--word' needs a value", "echo", "--word");
        assertWrong(
                "option '--word' needs a value, found the option '--times' instead", "echo", "--word", "--times", "2");
        assertWrong("option '--debug' takes no value, found '--debug=yes'", "echo", "--debug=yes");
        assertWrong("The following option is required: [--word]", "echo");
        assertWrong("\"--times\": couldn't convert \"two\" to an integer", "echo", "--word", "x", "--times", "two");
    }

    @Test
    void aSuperfluousArgumentIsRefused() {
        assertWrong("'throw' takes no argument 'x'; 'inkling throw --help' shows what it takes", "throw", "x");
    }

    @Test
    void everythingBehindADoubleDashIsAnArgument() {
        assertThat(run("echo", "--word", "x", "--times", "1", "--", "--times")).isEqualTo(Main.FAILURE);
        assertThat(out()).startsWith("x [--times] ");
    }

    @Test
    void anAtSignIsNotAFileOfArguments() {
        assertThat(run("echo", "--word", "@x", "--times", "1", "@y")).isEqualTo(Main.FAILURE);
        assertThat(out()).startsWith("@x [@y] ");
    }

    @Test
    void aMistakeOfTheUsersHasNoStackTrace() {
        assertWrong("image is 27×28×1, model 'mnist' expects 28×28×1", "throw", "--what", "user");
    }

    @Test
    void aMistakeFoundWhileTheCommandIsWiredIsTheUsersToo() {
        assertWrong("found while being wired", "throw", "--what", "constructor");
    }

    @Test
    void debugShowsWhereAMistakeWasFound() {
        assertThat(run("throw", "--what", "user", "--debug")).isEqualTo(Main.WRONG_USE);
        assertThat(err()).startsWith("inkling: image is").contains("at dev.inkling.app.MainTest$ThrowCommand.run");
    }

    @Test
    void anUnexpectedExceptionIsOneLineWithItsRootCause() {
        assertThat(run("throw", "--what", "bug")).isEqualTo(Main.FAILURE);
        assertThat(err())
                .isEqualTo(
                        "inkling: failed: IOException: No space left on device; run again with --debug to see where\n");
    }

    @Test
    void debugShowsTheWholeStackTrace() {
        assertThat(run("--debug", "throw", "--what", "bug")).isEqualTo(Main.FAILURE);
        assertThat(err())
                .startsWith("inkling: failed: IOException: No space left on device\n")
                .contains("java.lang.IllegalStateException: outer")
                .contains("Caused by: java.io.IOException");
    }

    @Test
    void anErrorOfTheJvmIsReportedToo() {
        assertThat(run("throw", "--what", "link")).isEqualTo(Main.FAILURE);
        assertThat(err())
                .isEqualTo("inkling: failed: UnsatisfiedLinkError: no jnitensorflow in java.library.path;"
                        + " run again with --debug to see where\n");
    }

    @Test
    void lackOfMemorySaysHowToGetMore() {
        assertThat(run("throw", "--what", "memory")).isEqualTo(Main.FAILURE);
        assertThat(err())
                .isEqualTo("inkling: out of memory (Java heap space); give it more with INKLING_JAVA_OPTS=-Xmx2g\n");
    }

    @Test
    void theBinderIsStrict() {
        assertThat(run("greedy")).isEqualTo(Main.FAILURE);
        assertThat(err()).startsWith("inkling: failed: CreationException: ");
        assertThat(run("--debug", "greedy")).isEqualTo(Main.FAILURE);
        assertThat(err()).contains("GreedyCommand$Unbound").contains("Explicit bindings are required");
    }

    @Test
    void pluginFoldersMayBeNamedOnBothSidesOfTheCommand(@TempDir Path folder) {
        for (String name : List.of("first", "second", "third,really")) {
            PluginJar.working(name.substring(0, 5)).write(folder.resolve(name).resolve(name + ".jar"));
        }

        int code = run(
                "--plugins",
                folder.resolve("first").toString(),
                "catalog",
                "--plugins=" + folder.resolve("second"),
                "--plugins",
                folder.resolve("third,really").toString());

        assertThat(err()).isEmpty();
        assertThat(code).isEqualTo(Main.OK);
        assertThat(out().lines()).contains("first", "secon", "third");
    }

    @Test
    void aPluginFolderThatIsNotThereIsTheUsersMistake(@TempDir Path folder) {
        Path missing = folder.resolve("missing");
        assertWrong(
                "no folder '" + missing
                        + "'; --plugins names a folder of plug-in jars, or of folders with plug-in jars",
                "catalog",
                "--plugins",
                missing.toString());
    }

    @Test
    void pluginsAreLoadedOnlyForACommandThatAsks(@TempDir Path folder) {
        String loaded = "inkling.test.catalog";
        PluginJar.plugin()
                .explainer(
                        "test.plugin.Provider",
                        new PluginJar.Source("seen").constructor("System.setProperty(\"" + loaded + "\", \"true\");"))
                .write(folder.resolve("plugins/seen.jar"));

        run("echo", "--word", "x", "--plugins", folder.resolve("plugins").toString());
        assertThat(System.getProperty(loaded)).isNull();
        run("catalog", "--plugins", folder.resolve("plugins").toString());
        assertThat(System.getProperty(loaded)).isEqualTo("true");
    }

    private void assertWrong(String message, String... arguments) {
        err.reset();
        assertThat(run(arguments)).isEqualTo(Main.WRONG_USE);
        assertThat(err()).isEqualTo("inkling: " + message + "\n");
        assertThat(out()).isEmpty();
    }

    private int run(String... arguments) {
        List<CommandSettings> commands = List.of(
                new EchoCommand.Settings(),
                new ThrowCommand.Settings(),
                new CatalogCommand.Settings(),
                new GreedyCommand.Settings());
        return Main.run(commands, arguments, new Terminal(print(out), print(err)));
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    static final class EchoCommand implements Command {

        private final Settings settings;
        private final Terminal terminal;
        private final Note note;

        @Inject
        EchoCommand(Settings settings, Terminal terminal, Note note) {
            this.settings = settings;
            this.terminal = terminal;
            this.note = note;
        }

        @Override
        public int run() {
            terminal.out().println((settings.word + " ").repeat(settings.times) + settings.images + " " + note.text());
            return Main.FAILURE;
        }

        record Note(String text) {}

        @Parameters(commandNames = "echo", commandDescription = "says it again")
        static final class Settings implements CommandSettings {

            @Parameter(placeholder = "[IMAGE]...", description = "what to look at")
            List<Path> images = new ArrayList<>();

            @Parameter(names = "--word", placeholder = "WORD", required = true, description = "what to say")
            String word;

            @Parameter(names = "--times", placeholder = "N", category = "fine tuning", description = "how often")
            int times = 3;

            @Parameter(
                    names = "--a-very-long-option-name",
                    placeholder = "A-VERY-LONG-VALUE",
                    category = "fine tuning",
                    description =
                            "shown below, for it would push all other descriptions to the right edge of the window"
                                    + " where nobody reads them")
            String longOption;

            @Parameter(names = "--secret", hidden = true)
            boolean secret;

            @Override
            public Class<EchoCommand> command() {
                return EchoCommand.class;
            }

            @Override
            public List<String> examples() {
                return List.of("inkling echo --word hello");
            }

            @Override
            public Module module() {
                return new AbstractModule() {
                    @Override
                    protected void configure() {
                        bind(Note.class).toInstance(new Note("bound by the settings' module"));
                    }
                };
            }
        }
    }

    static final class ThrowCommand implements Command {

        private final Settings settings;

        @Inject
        ThrowCommand(Settings settings) {
            this.settings = settings;
            if (settings.what.equals("constructor")) {
                throw new InvalidInputException("found while being wired");
            }
        }

        @Override
        public int run() throws IOException {
            switch (settings.what) {
                case "user" -> throw new InvalidInputException("image is 27×28×1, model 'mnist' expects 28×28×1");
                case "link" -> throw new UnsatisfiedLinkError("no jnitensorflow in java.library.path");
                case "memory" -> throw new OutOfMemoryError("Java heap space");
                default -> throw new IllegalStateException("outer", new IOException("No space left on device"));
            }
        }

        @Parameters(commandNames = "throw", commandDescription = "fails")
        static final class Settings implements CommandSettings {

            @Parameter(names = "--what", description = "how")
            String what = "bug";

            @Override
            public Class<ThrowCommand> command() {
                return ThrowCommand.class;
            }

            @Override
            public List<String> examples() {
                return List.of("inkling throw");
            }
        }
    }

    static final class CatalogCommand implements Command {

        private final ExplainerCatalog catalog;
        private final Terminal terminal;

        @Inject
        CatalogCommand(ExplainerCatalog catalog, Terminal terminal) {
            this.catalog = catalog;
            this.terminal = terminal;
        }

        @Override
        public int run() {
            catalog.installed().forEach(explainer -> terminal.out().println(explainer.name()));
            return catalog.reportBroken(terminal.err());
        }

        @Parameters(commandNames = "catalog", commandDescription = "loads the catalog")
        static final class Settings implements CommandSettings {

            @Override
            public Class<CatalogCommand> command() {
                return CatalogCommand.class;
            }

            @Override
            public List<String> examples() {
                return List.of("inkling catalog");
            }
        }
    }

    static final class GreedyCommand implements Command {

        /** Could be made just in time; the binder does not. */
        static final class Unbound {
            @Inject
            Unbound() {}
        }

        @Inject
        GreedyCommand(Unbound unbound) {}

        @Override
        public int run() {
            return Main.OK;
        }

        @Parameters(commandNames = "greedy", commandDescription = "asks for more than is bound")
        static final class Settings implements CommandSettings {

            @Override
            public Class<GreedyCommand> command() {
                return GreedyCommand.class;
            }

            @Override
            public List<String> examples() {
                return List.of("inkling greedy");
            }
        }
    }
}

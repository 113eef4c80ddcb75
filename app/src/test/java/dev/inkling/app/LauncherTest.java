package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code inkling}, with a {@code java} and an {@code mvn} that tell how they were called. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a POSIX shell script")
class LauncherTest {

    private static final String UNLIMITED = "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0";

    @TempDir
    Path folder;

    private Path tools;
    private Path home;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void install() throws IOException {
        // With a space in it, as a home folder may have.
        home = Files.createDirectories(folder.toRealPath().resolve("my home"));
        tools = Files.createDirectories(home.resolve("tools"));
        fakeJava("17.0.15");
        environment.put("PATH", tools + ":/usr/bin:/bin");
        environment.put("JAVA_HOME", tools.getParent() + "/jdk");
    }

    @Test
    void aDistributionRunsItsJarWithEveryArgumentAsItIs() throws Exception {
        Path launcher = distribution();

        Run run = run(home, launcher, "explain", "two words", "", "*", "--out=$HOME");

        assertThat(run.code()).isEqualTo(7);
        assertThat(run.lines())
                .containsExactly(
                        "-Xmx1g",
                        UNLIMITED,
                        "-jar",
                        home + "/inkling/lib/inkling.jar",
                        "explain",
                        "two words",
                        "",
                        "*",
                        "--out=$HOME",
                        "TF_CPP_MIN_LOG_LEVEL=2",
                        "TF_ENABLE_ONEDNN_OPTS=1",
                        "TF_OVERRIDE_GLOBAL_THREADPOOL=1",
                        "MALLOC_ARENA_MAX=2",
                        "LC_ALL=C.UTF-8");
    }

    @Test
    void theEnvironmentOfTheUserWins() throws Exception {
        environment.put("TF_CPP_MIN_LOG_LEVEL", "0");
        environment.put("TF_ENABLE_ONEDNN_OPTS", "0");
        environment.put("TF_OVERRIDE_GLOBAL_THREADPOOL", "0");
        environment.put("MALLOC_ARENA_MAX", "8");
        environment.put("LANG", "de_DE.UTF-8");
        environment.put("INKLING_JAVA_OPTS", "-Xmx4g -Dx=y");

        assertThat(run(home, distribution()).lines())
                .containsExactly(
                        "-Xmx1g",
                        UNLIMITED,
                        "-Xmx4g",
                        "-Dx=y",
                        "-jar",
                        home + "/inkling/lib/inkling.jar",
                        "TF_CPP_MIN_LOG_LEVEL=0",
                        "TF_ENABLE_ONEDNN_OPTS=0",
                        "TF_OVERRIDE_GLOBAL_THREADPOOL=0",
                        "MALLOC_ARENA_MAX=8",
                        "LC_ALL=");
    }

    @Test
    void newerJvmsAreToldThatBuffersUseUnsafe() throws Exception {
        Path launcher = distribution();
        fakeJava("22.0.2");
        assertThat(run(home, launcher).lines()).startsWith("-Xmx1g", UNLIMITED, "-jar");
        fakeJava("25");
        assertThat(run(home, launcher).lines())
                .startsWith(
                        "-Xmx1g",
                        UNLIMITED,
                        "--sun-misc-unsafe-memory-access=allow",
                        "-jar",
                        home + "/inkling/lib/inkling.jar");
    }

    @Test
    void itWorksFromAnyFolderAndThroughLinks() throws Exception {
        Path launcher = distribution();
        Path absolute = Files.createSymbolicLink(tools.resolve("inkling"), launcher);
        Path relative = Files.createSymbolicLink(home.resolve("ink"), Path.of("tools/inkling"));

        for (Path link : List.of(absolute, relative)) {
            assertThat(run(Path.of("/"), link).lines()).contains(home + "/inkling/lib/inkling.jar");
        }
        assertThat(run(launcher.getParent(), Path.of("./inkling")).lines()).contains(home + "/inkling/lib/inkling.jar");
    }

    @Test
    void aCheckoutIsBuiltOnFirstUseOnly() throws Exception {
        Path launcher = checkout();
        script(
                tools.resolve("mvn"),
                "echo mvn \"$@\" in \"$(pwd)\"\nmkdir -p app/target && touch app/target/inkling.jar");

        Run first = run(home, launcher, "demo");
        Run second = run(home, launcher, "demo");

        assertThat(first.lines())
                .startsWith("-Xmx1g", UNLIMITED, "-jar", home + "/checkout/app/target/inkling.jar", "demo");
        assertThat(first.errors())
                .containsExactly(
                        "inkling: first use, building (some minutes; it downloads TensorFlow) ...",
                        "mvn -q -B -DskipTests package in " + home + "/checkout");
        assertThat(second.lines()).isEqualTo(first.lines());
        assertThat(second.errors()).isEmpty();
    }

    @Test
    void aFailedBuildEndsIt() throws Exception {
        Path launcher = checkout();
        script(tools.resolve("mvn"), "echo '[ERROR] no network'; exit 1");

        Run run = run(home, launcher, "demo");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.lines()).isEmpty();
        assertThat(run.errors())
                .endsWith(
                        "[ERROR] no network",
                        "inkling: the build failed; 'mvn package' in " + home + "/checkout shows more");
    }

    @Test
    void withoutMavenItSaysSo() throws Exception {
        environment.put("PATH", only("dirname", "readlink", "sed"));

        Run run = run(home, checkout(), "demo");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.errors())
                .containsExactly(
                        "inkling: no 'mvn' on the PATH; install Maven, 3.8 or later, to build Inkling on first use");
    }

    @Test
    void withoutJavaItSaysSo() throws Exception {
        environment.put("PATH", only("dirname", "readlink", "sed"));
        environment.remove("JAVA_HOME");

        assertThat(run(home, distribution()).errors())
                .containsExactly("inkling: no 'java' on the PATH and JAVA_HOME is not set; install a JDK, 17 or later");

        environment.put("JAVA_HOME", "/no/jdk");
        Run run = run(home, distribution());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.errors()).containsExactly("inkling: JAVA_HOME is '/no/jdk', and there is no bin/java in it");
    }

    @Test
    void anOldJavaIsRefused() throws Exception {
        Path launcher = distribution();
        for (String version : List.of("1.8.0_292", "11.0.2")) {
            fakeJava(version);

            Run run = run(home, launcher);

            assertThat(run.code()).isEqualTo(1);
            assertThat(run.errors())
                    .containsExactly("inkling: Java 17 or later is needed, found openjdk version \"" + version
                            + "\" 2025-04-15 at " + home + "/jdk/bin/java");
        }
    }

    @Test
    void anIncompleteDistributionIsRefused() throws Exception {
        Path launcher = distribution();
        Files.delete(home.resolve("inkling/lib/inkling.jar"));

        assertThat(run(home, launcher).errors())
                .containsExactly("inkling: no '" + home + "/inkling/lib/inkling.jar'; unpack the distribution again");
    }

    private Path distribution() throws IOException {
        Path lib = Files.createDirectories(home.resolve("inkling/lib"));
        Files.writeString(lib.resolve("inkling.jar"), "");
        return copyLauncher(Files.createDirectories(home.resolve("inkling/bin")));
    }

    private Path checkout() throws IOException {
        Files.createDirectories(home.resolve("checkout/app"));
        Files.writeString(home.resolve("checkout/app/pom.xml"), "");
        return copyLauncher(home.resolve("checkout"));
    }

    private static Path copyLauncher(Path into) throws IOException {
        Path launcher = into.resolve("inkling");
        if (!Files.exists(launcher)) {
            Files.copy(Path.of("../inkling"), launcher, StandardCopyOption.COPY_ATTRIBUTES);
        }
        return launcher;
    }

    private void fakeJava(String version) throws IOException {
        Path bin = Files.createDirectories(home.resolve("jdk/bin"));
        script(bin.resolve("java"), """
                if [ "$1" = -version ]; then
                    echo 'Picked up JAVA_TOOL_OPTIONS: -Dversion=1' >&2
                    echo 'openjdk version "VERSION" 2025-04-15' >&2
                    exit 0
                fi
                printf '%s\\n' "$@"
                echo "TF_CPP_MIN_LOG_LEVEL=$TF_CPP_MIN_LOG_LEVEL"
                echo "TF_ENABLE_ONEDNN_OPTS=$TF_ENABLE_ONEDNN_OPTS"
                echo "TF_OVERRIDE_GLOBAL_THREADPOOL=$TF_OVERRIDE_GLOBAL_THREADPOOL"
                echo "MALLOC_ARENA_MAX=$MALLOC_ARENA_MAX"
                echo "LC_ALL=$LC_ALL"
                exit 7
                """.replace("VERSION", version));
    }

    /** A folder with these commands of the machine and no others. */
    private String only(String... commands) throws IOException {
        Path bare = Files.createDirectories(home.resolve("bare"));
        for (String command : commands) {
            script(bare.resolve(command), "PATH=/usr/bin:/bin exec " + command + " \"$@\"");
        }
        return bare.toString();
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Run run(Path from, Path launcher, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        Path out = home.resolve("out.txt");
        Path err = home.resolve("err.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(from.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
    }

    private record Run(int code, List<String> lines, List<String> errors) {}
}

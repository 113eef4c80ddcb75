package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.app.PluginJar.Source;
import dev.inkling.spi.Attribution;
import dev.inkling.spi.Background;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.Mockito;

/** Plug-ins as real jars through the real loading path. */
class PluginLoadingTest {

    private static final String PROVIDER = "test.plugin.Provider";

    // Class loaders keep the jars open.
    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    private Path plugins;

    @BeforeEach
    void resolveFolder() throws IOException {
        plugins = Files.createDirectories(folder.toRealPath().resolve("plugins"));
    }

    @Test
    void aJarInTheFolderIsAnExplainer() {
        Path jar = PluginJar.plugin()
                .explainer(
                        PROVIDER,
                        new Source("answer")
                                .options("@Option(value = \"50\", help = \"how many\", min = 1, max = 99) int samples"))
                .write(plugins.resolve("answer.jar"));

        ExplainerCatalog catalog = load();

        assertThat(catalog.broken()).isEmpty();
        InstalledExplainer answer = catalog.find("answer");
        assertThat(answer.origin()).isEqualTo(jar.toString());
        assertThat(answer.jar()).isEqualTo("answer.jar");
        assertThat(answer.card().title()).isEqualTo("Test");
        assertThat(answer.resolved(Map.of())).isEqualTo(Map.of("samples", "50"));
        assertThat(answer.resolved(Map.of("samples", "7"))).isEqualTo(Map.of("samples", "7"));
        assertThat(explain(answer, 3)).containsExactly(42, 42, 42);
        assertThatThrownBy(() -> answer.create(Map.of("samples", "100", "sampels", "1")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "explainer 'answer': no option 'sampels'; options: samples; option 'samples': expected 1 to 99,"
                                + " found 100");
    }

    @Test
    void aFolderWithJarsIsOnePluginWithItsLibraries() {
        Path library = writeLibrary(plugins.resolve("answer/a-library.jar"));
        Path jar = usingLibrary("answer", library).write(plugins.resolve("answer/answer.jar"));

        ExplainerCatalog catalog = load();

        assertThat(catalog.broken()).isEmpty();
        assertThat(catalog.find("answer").card().title()).isEqualTo("from the library");
        assertThat(catalog.find("answer").origin()).isEqualTo(jar.toString());
    }

    @Test
    void aClassMissingAtLoadingIsNamed() {
        Path library = writeLibrary(folder.resolve("elsewhere/library.jar"));
        Path jar = usingLibrary("answer", library).write(plugins.resolve("answer.jar"));
        PluginJar.working("other").write(plugins.resolve("other.jar"));

        ExplainerCatalog catalog = load();

        assertThat(catalog.broken())
                .containsExactly(
                        new BrokenPlugin(
                                Optional.empty(),
                                List.of(jar.toString()),
                                "test.plugin.Provider: class test.library.Library is missing; if a library holds it, the library's"
                                        + " jar belongs beside the plug-in's jar, both in a folder of their own: plugins/NAME/"));
        assertThat(names(catalog)).containsExactly("other");
    }

    @Test
    void aMissingSuperclassIsNamed() {
        Path library = writeLibrary(folder.resolve("elsewhere/library.jar"));
        PluginJar.plugin()
                .compiledAgainst(library)
                .explainer(PROVIDER, new Source("answer").header("extends test.library.Library"))
                .explainer("test.plugin.Second", new Source("second"))
                .write(plugins.resolve("answer.jar"));

        ExplainerCatalog catalog = load();

        assertThat(reasons(catalog)).singleElement().asString().startsWith("class test.library.Library is missing; ");
        assertThat(names(catalog)).containsExactly("second");
    }

    @Test
    void aClassMissingWhileExplainingIsTheUsersToMend() {
        Path library = writeLibrary(folder.resolve("elsewhere/library.jar"));
        PluginJar.plugin()
                .compiledAgainst(library)
                .explainer(PROVIDER, new Source("answer").explain("test.library.Library.title();"))
                .write(plugins.resolve("answer.jar"));
        InstalledExplainer answer = load().find("answer");

        assertThatThrownBy(() -> explain(answer, 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(
                        "explainer 'answer' from answer.jar: class test.library.Library is missing; if a library holds it");
    }

    @Test
    void anExceptionWhileExplainingPassesThrough() {
        PluginJar.plugin()
                .explainer(
                        PROVIDER, new Source("answer").explain("if (true) throw new IllegalStateException(\"tired\");"))
                .write(plugins.resolve("answer.jar"));
        InstalledExplainer answer = load().find("answer");
        ClassLoader before = Thread.currentThread().getContextClassLoader();

        assertThatThrownBy(() -> explain(answer, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("tired");
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            none | the manifest of bad.jar lacks 'Inkling-SPI-Version', and this Inkling has version 1; whoever builds the plug-in adds the version it is built for
            2    | bad.jar is built for version 2 of the explainer SPI, this Inkling has version 1; get a newer Inkling
            0    | bad.jar is built for version 0 of the explainer SPI, this Inkling has version 1; get a newer build of the plug-in
            one  | the manifest of bad.jar says 'Inkling-SPI-Version: one', expected a whole number; this Inkling has version 1
            """)
    void theSpiVersionIsCheckedBeforeAnyClassLoads(String version, String message) {
        String loaded = "inkling.test.loaded." + version;
        PluginJar bad = PluginJar.library()
                .explainer(
                        PROVIDER, new Source("bad").constructor("System.setProperty(\"" + loaded + "\", \"true\");"));
        if (version != null) {
            bad.attribute("Inkling-SPI-Version", version);
        }
        Path jar = bad.write(plugins.resolve("bad.jar"));
        PluginJar.working("good").write(plugins.resolve("good.jar"));

        ExplainerCatalog catalog = load();

        assertThat(catalog.broken())
                .containsExactly(new BrokenPlugin(Optional.empty(), List.of(jar.toString()), message));
        assertThat(System.getProperty(loaded)).isNull();
        assertThat(names(catalog)).containsExactly("good");
    }

    @Test
    void twoJarsWithOneNameAreBothOut() {
        Path first = PluginJar.working("twin").write(plugins.resolve("first.jar"));
        Path second = PluginJar.working("twin").write(plugins.resolve("second/second.jar"));
        PluginJar.working("single").write(plugins.resolve("single.jar"));

        ExplainerCatalog catalog = load();

        String reason = "it comes from " + first + " and from " + second + "; remove all but one";
        assertThat(catalog.broken())
                .containsExactly(
                        new BrokenPlugin(Optional.of("twin"), List.of(first.toString(), second.toString()), reason));
        assertThat(names(catalog)).containsExactly("single");
        assertThatThrownBy(() -> catalog.find("twin"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("explainer 'twin' is not available: " + reason);
    }

    @Test
    void aPluginDoesNotReplaceABuiltIn() throws IOException {
        Path builtIn = PluginJar.working("twin").write(folder.toRealPath().resolve("lib/built-in.jar"));
        Path dropped = PluginJar.working("twin").write(plugins.resolve("dropped.jar"));
        ClassLoader app = new URLClassLoader(
                new URL[] {builtIn.toUri().toURL()}, getClass().getClassLoader());

        assertThat(ExplainerCatalog.load(app, List.of()).find("twin").origin()).isEqualTo(builtIn.toString());
        ExplainerCatalog catalog = ExplainerCatalog.load(app, List.of(plugins));

        assertThat(names(catalog)).doesNotContain("twin");
        assertThat(reasons(catalog))
                .containsExactly("it comes from " + builtIn + " and from " + dropped + "; remove all but one");
    }

    @Test
    void aThrowingConstructorIsReportedWithItsRootCause() {
        PluginJar.plugin()
                .explainer(
                        PROVIDER,
                        new Source("bad")
                                .constructor(
                                        "if (true) throw new RuntimeException(\"outer\", new java.io.IOException(\"no licence"
                                                + "\\nsecond line\"));"))
                .explainer("test.plugin.Second", new Source("good"))
                .write(plugins.resolve("mixed.jar"));

        ExplainerCatalog catalog = load();

        assertThat(reasons(catalog)).containsExactly("test.plugin.Provider: IOException: no licence");
        assertThat(names(catalog)).containsExactly("good");
    }

    @Test
    void aThrowingCardIsReported() {
        PluginJar.plugin()
                .explainer(PROVIDER, new Source("bad").card("if (true) throw new IllegalStateException();"))
                .write(plugins.resolve("bad.jar"));

        assertThat(reasons(load())).containsExactly("test.plugin.Provider: IllegalStateException");
    }

    @Test
    void aNullCardIsReported() {
        PluginJar.plugin()
                .explainer(PROVIDER, new Source("bad").card("if (true) return null;"))
                .write(plugins.resolve("bad.jar"));

        assertThat(reasons(load())).containsExactly("test.plugin.Provider: NullPointerException: card() returned null");
    }

    @Test
    void anErrorInAStaticInitializerIsReported() {
        PluginJar.plugin()
                .explainer(PROVIDER, new Source("bad").card("title = test.plugin.Broken.TITLE;"))
                .source(
                        "test.plugin.Broken",
                        "package test.plugin; class Broken {"
                                + " static final String TITLE = java.util.List.of().get(0).toString(); }")
                .write(plugins.resolve("bad.jar"));

        assertThat(reasons(load()))
                .singleElement()
                .asString()
                .startsWith("test.plugin.Provider: ArrayIndexOutOfBoundsException: ");
    }

    @Test
    void optionsThatCannotBeDescribedMakeAnExplainerUnavailableByName() {
        PluginJar.plugin()
                .explainer(PROVIDER, new Source("bad").options("int samples"))
                .write(plugins.resolve("bad.jar"));
        ExplainerCatalog catalog = load();

        assertThatThrownBy(() -> catalog.find("bad"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("explainer 'bad' is not available: " + plugins.resolve("bad.jar")
                        + ": test.plugin.Provider: IllegalArgumentException:"
                        + " test.plugin.Provider$Settings.samples is not annotated with @Option");
    }

    @Test
    void aDefaultOutsideItsOwnBoundsIsReported() {
        PluginJar.plugin()
                .explainer(
                        PROVIDER,
                        new Source("bad").options("@Option(value = \"0\", help = \"how many\", min = 1) int samples"))
                .write(plugins.resolve("bad.jar"));

        assertThat(reasons(load()))
                .containsExactly("test.plugin.Provider: its defaults are wrong: option 'samples': expected at least 1,"
                        + " found 0");
    }

    @Test
    void aServiceThatIsNotThereIsReported() {
        PluginJar.working("good").service("test.plugin.Absent").write(plugins.resolve("good.jar"));

        ExplainerCatalog catalog = load();

        assertThat(reasons(catalog)).containsExactly("Provider test.plugin.Absent not found");
        assertThat(names(catalog)).containsExactly("good");
    }

    @Test
    void aServiceThatIsNoProviderIsReported() {
        PluginJar.plugin()
                .source("test.plugin.Stranger", "package test.plugin; public class Stranger {}")
                .service("test.plugin.Stranger")
                .write(plugins.resolve("stranger.jar"));

        assertThat(reasons(load())).containsExactly("test.plugin.Stranger not a subtype");
    }

    @Test
    void aJarWithoutServiceFileIsReported() {
        writeLibrary(plugins.resolve("library.jar"));
        writeLibrary(plugins.resolve("two/a.jar"));
        writeLibrary(plugins.resolve("two/b.jar"));

        assertThat(load().broken())
                .extracting(BrokenPlugin::message)
                .containsExactly(
                        "plug-in " + plugins.resolve("library.jar")
                                + ": holds no explainer: no 'META-INF/services/dev.inkling.spi.ExplainerProvider' in it",
                        "plug-in " + plugins.resolve("two")
                                + ": holds no explainer: no 'META-INF/services/dev.inkling.spi.ExplainerProvider' in any of"
                                + " its jars");
    }

    @Test
    void aDamagedJarIsReported() throws IOException {
        Path whole = PluginJar.working("answer").write(folder.resolve("elsewhere/answer.jar"));
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(plugins.resolve("cut.jar"), Arrays.copyOf(bytes, bytes.length / 2));
        Files.writeString(plugins.resolve("text.jar"), "this is no zip file");
        Files.createFile(plugins.resolve("void.jar"));
        PluginJar.working("good").write(plugins.resolve("good.jar"));

        ExplainerCatalog catalog = load();

        assertThat(reasons(catalog)).hasSize(3);
        assertThat(reasons(catalog).get(0)).matches("cut\\.jar is not a readable jar \\(.+\\); copy it again");
        assertThat(reasons(catalog).get(1)).matches("text\\.jar is not a readable jar \\(.+\\); copy it again");
        assertThat(reasons(catalog).get(2)).matches("void\\.jar is not a readable jar \\(.+\\); copy it again");
        assertThat(names(catalog)).containsExactly("good");
    }

    @Test
    void aPluginBringsItsOwnVersionOfALibraryThatTheAppHasToo() {
        PluginJar.plugin()
                .source(
                        "com.google.common.base.Strings",
                        "package com.google.common.base; public class Strings {"
                                + " public static String mine() { return \"my own\"; } }")
                .explainer(PROVIDER, new Source("own").card("title = com.google.common.base.Strings.mine();"))
                .write(plugins.resolve("own.jar"));

        assertThat(load().find("own").card().title()).isEqualTo("my own");
    }

    @Test
    void aPluginNeverSeesTheAppsLibraries() {
        assertThat(com.google.common.base.Strings.repeat("here ", 1)).isEqualTo("here ");
        String find = "try { title = Class.forName(\"%s\").getName(); }"
                + " catch (ClassNotFoundException e) { title = \"not seen\"; }";
        PluginJar.plugin()
                .explainer(PROVIDER, new Source("guava").card(find.formatted("com.google.common.base.Strings")))
                .explainer("test.plugin.Second", new Source("app").card(find.formatted("dev.inkling.app.Main")))
                .write(plugins.resolve("curious.jar"));

        assertThat(load().find("guava").card().title()).isEqualTo("not seen");
        assertThat(load().find("app").card().title()).isEqualTo("not seen");
    }

    @Test
    void aPackageThatOnlyBeginsLikeASharedOneIsThePlugins() {
        PluginJar.plugin()
                .source(
                        "org.tensorflowlite.Own",
                        "package org.tensorflowlite; public class Own { public static String title() { return \"lite\"; } }")
                .explainer(PROVIDER, new Source("lite").card("title = org.tensorflowlite.Own.title();"))
                .write(plugins.resolve("lite.jar"));

        assertThat(load().find("lite").card().title()).isEqualTo("lite");
    }

    @Test
    void aCopyOfTheSpiInsideThePluginIsIgnored() {
        PluginJar.working("fat")
                .source(
                        "dev.inkling.spi.SpiVersion",
                        "package dev.inkling.spi; public final class SpiVersion { public static final int CURRENT = 1; }")
                .source(
                        "dev.inkling.spi.InvalidInputException",
                        "package dev.inkling.spi; public final class InvalidInputException extends RuntimeException {"
                                + " public InvalidInputException(String format, Object... arguments) {} }")
                .explainer(
                        "test.plugin.Fat",
                        new Source("thrower")
                                .explain("if (true) throw new InvalidInputException(\"no layer '%s'\", \"x\");"))
                .write(plugins.resolve("fat.jar"));
        InstalledExplainer thrower = load().find("thrower");

        assertThatThrownBy(() -> explain(thrower, 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("no layer 'x'");
    }

    @Test
    void aPluginRunsWithItsOwnContextLoader() {
        String check = "if (Thread.currentThread().getContextClassLoader() != getClass().getClassLoader())"
                + " throw new IllegalStateException(\"foreign context loader\");";
        PluginJar.plugin()
                .explainer(
                        PROVIDER,
                        new Source("aware").constructor(check).card(check).explain(check))
                .write(plugins.resolve("aware.jar"));
        ClassLoader before = Thread.currentThread().getContextClassLoader();

        ExplainerCatalog catalog = load();

        assertThat(catalog.broken()).isEmpty();
        InstalledExplainer aware = catalog.find("aware");
        assertThat(aware.provider().getClass().getClassLoader().getName()).isEqualTo("aware.jar");
        assertThat(explain(aware, 1)).containsExactly(42);
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    void onlyJarsAndFoldersWithJarsArePlugins() throws IOException {
        PluginJar.working("deep").write(plugins.resolve("source-folder/target/deep.jar"));
        Files.writeString(plugins.resolve("README.txt"), "no plug-in");
        Files.createDirectories(plugins.resolve("empty"));
        Files.createDirectories(plugins.resolve("folder.jar"));
        Files.createDirectories(plugins.resolve("empty/folder.jar"));

        ExplainerCatalog catalog = load();

        assertThat(names(catalog)).isEmpty();
        assertThat(catalog.broken()).isEmpty();
    }

    @Test
    void aFolderThatComesTwiceCountsOnce() {
        PluginJar.working("answer").write(plugins.resolve("answer.jar"));
        Path sameElsewise = plugins.resolve("../plugins");

        ExplainerCatalog catalog = ExplainerCatalog.load(
                new URLClassLoader(new URL[0], getClass().getClassLoader()), List.of(plugins, sameElsewise));

        assertThat(catalog.broken()).isEmpty();
        assertThat(catalog.find("answer").jar()).isEqualTo("answer.jar");
    }

    @Test
    void brokenPluginsAreReportedInTheOrderOfTheirNames() {
        for (String name : List.of("c", "a", "d", "b")) {
            writeLibrary(plugins.resolve(name + ".jar"));
        }

        assertThat(load().broken())
                .extracting(
                        plugin -> Path.of(plugin.origins().get(0)).getFileName().toString())
                .containsExactly("a.jar", "b.jar", "c.jar", "d.jar");
    }

    @Test
    void anUnknownNameIsAnsweredWithThoseThatExist() {
        PluginJar.working("grad-cam-x").write(plugins.resolve("one.jar"));
        writeLibrary(plugins.resolve("library.jar"));
        ExplainerCatalog catalog = load();

        assertThatThrownBy(() -> catalog.find("gradcam-x"))
                .isInstanceOf(InvalidInputException.class)
                .message()
                .startsWith("no explainer 'gradcam-x'; installed: ")
                .contains("grad-cam-x")
                .endsWith(" — did you mean 'grad-cam-x'? (1 broken; 'inkling explainers' says why)");
    }

    @Test
    void aPluginMayHoldAWrapperForTheExplainersOfOthers() {
        Path jar = PluginJar.plugin().wrapper("test.plugin.Many", "many").write(plugins.resolve("many.jar"));
        PluginJar.working("answer").write(plugins.resolve("answer.jar"));

        ExplainerCatalog catalog = load();

        assertThat(catalog.broken()).isEmpty();
        assertThat(catalog.findWrapper("many").origin()).isEqualTo(jar.toString());
        ConfiguredExplainer configured =
                catalog.configured("many:times=3+many+answer").get(0);
        assertThat(configured.card().name()).isEqualTo("many+many+answer");
        assertThat(configured.card().needs()).containsExactly(Background.class, Gradients.class);
        assertThat(configured.options()).isEqualTo(Map.of("times", "3"));
        assertThat(configured.allOptions()).isEqualTo(Map.of("times", "3", "many.times", "2"));
        assertThat(FloatArrays.flat(configured
                        .explainer()
                        .explain(
                                Mockito.mock(Model.class),
                                FloatArrays.of(new float[4], 1, 2, 2, 1),
                                Targets.classes(10, 0))
                        .values()))
                .containsExactly(252);
        assertThatThrownBy(() -> catalog.configured("many:times=10+answer"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("wrapper 'many': option 'times': expected 1 to 9, found 10");
    }

    @Test
    void wrappersAndExplainersAreNotTakenForEachOther() {
        PluginJar.plugin().wrapper("test.plugin.Many", "many").write(plugins.resolve("many.jar"));
        PluginJar.working("answer").write(plugins.resolve("answer.jar"));
        ExplainerCatalog catalog = load();

        assertThatThrownBy(() -> catalog.configured("many:times=3"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("'many' is a wrapper; say around which explainer, such as many+grad-cam");
        assertThatThrownBy(() -> catalog.configured("answer+saliency"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "explainer 'answer' is no wrapper and can't stand before '+'; wrappers: many, noise-tunnel");
        assertThatThrownBy(() -> catalog.configured("nany+answer"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("no wrapper 'nany'; installed: many, noise-tunnel — did you mean 'many'?");
    }

    @Test
    void aWrapperAndAnExplainerOfOneNameAreBothUnavailable() {
        Path wrapper = PluginJar.plugin().wrapper("test.plugin.Many", "same").write(plugins.resolve("a.jar"));
        Path explainer = PluginJar.working("same").write(plugins.resolve("b.jar"));

        ExplainerCatalog catalog = load();

        assertThat(catalog.broken())
                .containsExactly(new BrokenPlugin(
                        Optional.of("same"),
                        List.of(explainer.toString(), wrapper.toString()),
                        "it comes from " + explainer + " and from " + wrapper + "; remove all but one"));
        assertThat(catalog.wrappers()).extracting(InstalledWrapper::name).containsExactly("noise-tunnel");
    }

    @Test
    void aNameThatLooksWrappedIsRefused() {
        PluginJar.working("noise-tunnel+saliency").write(plugins.resolve("posing.jar"));

        assertThat(reasons(load()))
                .containsExactly(
                        "test.plugin.Provider: '+' in its name stands between a wrapper and what it is around");
    }

    private ExplainerCatalog load() {
        return ExplainerCatalog.load(List.of(plugins));
    }

    /** Built-ins aside: which there are is not this test's business. */
    private List<String> names(ExplainerCatalog catalog) {
        return catalog.installed().stream()
                .filter(explainer -> Path.of(explainer.origin()).startsWith(plugins))
                .map(InstalledExplainer::name)
                .toList();
    }

    private static List<String> reasons(ExplainerCatalog catalog) {
        return catalog.broken().stream().map(BrokenPlugin::reason).toList();
    }

    private static float[] explain(InstalledExplainer installed, int images) {
        Explainer explainer = installed.create(Map.of());
        Attribution attribution = explainer.explain(
                Mockito.mock(Model.class),
                FloatArrays.of(new float[images * 4], images, 2, 2, 1),
                Targets.classes(10, new int[images]));
        return FloatArrays.flat(attribution.values());
    }

    private static Path writeLibrary(Path jar) {
        return PluginJar.library()
                .source(
                        "test.library.Library",
                        "package test.library; public class Library {"
                                + " public static String title() { return \"from the library\"; } }")
                .write(jar);
    }

    private static PluginJar usingLibrary(String name, Path library) {
        return PluginJar.plugin()
                .compiledAgainst(library)
                .explainer(PROVIDER, new Source(name).card("title = test.library.Library.title();"));
    }
}

package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Model;
import dev.inkling.spi.Options;
import dev.inkling.spi.PluginClassLoader;
import dev.inkling.spi.SpiVersion;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * What a plug-in's jar promises to the application that it is dropped into, as tests on the built jar: for the phase
 * {@code integration-test} of the plug-in's build.
 */
public final class PluginPackaging {

    /** The class files of Java 17, the oldest that Inkling runs on. */
    private static final int JAVA_17 = 61;

    private final PluginJar plugin;

    private PluginPackaging(PluginJar plugin) {
        this.plugin = plugin;
    }

    /**
     * A test for each promise, named after it.
     *
     * @param jar the plug-in as built
     * @param libraries jars that users put beside it, in a folder of its own
     */
    public static Stream<DynamicTest> tests(Path jar, Path... libraries) {
        PluginPackaging packaging = new PluginPackaging(new PluginJar(jar, List.of(libraries)));
        return Stream.of(
                dynamicTest("the manifest names the SPI's version", packaging::theManifestNamesTheSpisVersion),
                dynamicTest("the service file lists the providers", packaging::theServiceFileListsTheProviders),
                dynamicTest("a provider is made without parameters", packaging::aProviderIsMadeWithoutParameters),
                dynamicTest("what is shared stays out of the jar", packaging::whatIsSharedStaysOutOfTheJar),
                dynamicTest("classes run on Java 17", packaging::classesRunOnJava17),
                dynamicTest("all that classes use is there", packaging::allThatClassesUseIsThere),
                dynamicTest("explainers explain from the jar alone", packaging::explainersExplainFromTheJarAlone));
    }

    private void theManifestNamesTheSpisVersion() throws IOException {
        assertEquals(
                String.valueOf(SpiVersion.CURRENT),
                plugin.attribute(SpiVersion.MANIFEST_ATTRIBUTE).orElse("nothing"),
                "the manifest's attribute " + SpiVersion.MANIFEST_ATTRIBUTE
                        + ", without which no class of the jar is loaded");
    }

    private void theServiceFileListsTheProviders() throws IOException {
        List<String> services = plugin.services();
        try (PluginClassLoader loader = plugin.load()) {
            List<String> providers = new ArrayList<>();
            for (String name : plugin.classes()) {
                if (isProvider(load(loader, name))) {
                    providers.add(name);
                }
            }
            assertFalse(providers.isEmpty(), "no class in the jar implements ExplainerProvider");
            assertEquals(
                    new TreeSet<>(providers),
                    new TreeSet<>(services),
                    "the providers in the jar, and those that its service file names");
        }
    }

    private static boolean isProvider(Class<?> type) {
        return ExplainerProvider.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers());
    }

    private void aProviderIsMadeWithoutParameters() throws IOException {
        try (PluginClassLoader loader = plugin.load()) {
            for (String name : plugin.services()) {
                provider(loader, name);
            }
        }
    }

    private void whatIsSharedStaysOutOfTheJar() throws IOException {
        List<String> copies =
                plugin.classes().stream().filter(PluginClassLoader::isShared).toList();
        assertTrue(
                copies.isEmpty(),
                () -> "the application brings " + copies.get(0) + " and " + (copies.size() - 1)
                        + " more classes of the jar, and would never load these copies; give the dependency the scope"
                        + " 'provided'");
    }

    private void classesRunOnJava17() throws IOException {
        for (String name : plugin.classes()) {
            int version = ByteBuffer.wrap(plugin.header(name, 8)).getShort(6);
            assertTrue(
                    version <= JAVA_17,
                    () -> name + " is compiled for Java " + (version - 44)
                            + ", Inkling runs on 17 and later: set maven.compiler.release");
        }
    }

    private void allThatClassesUseIsThere() throws IOException {
        try (PluginClassLoader loader = plugin.load()) {
            for (String name : plugin.classes()) {
                Class<?> type = load(loader, name);
                try {
                    // Asking for its members resolves all types in their signatures.
                    type.getDeclaredMethods();
                    type.getDeclaredConstructors();
                    type.getDeclaredFields();
                } catch (NoClassDefFoundError e) {
                    fail(missing(name, e), e);
                }
            }
        }
    }

    private void explainersExplainFromTheJarAlone() throws IOException {
        try (PluginClassLoader loader = plugin.load()) {
            for (String name : plugin.services()) {
                explain(name, provider(loader, name));
            }
        }
    }

    private static <O extends Record> void explain(String name, ExplainerProvider<O> provider) {
        try {
            Model model = ExplainerContract.of(provider).model();
            Explainer explainer = provider.create(Options.defaults(provider.options()));
            Attributions.assertFinite(
                    explainer.explain(
                            model,
                            Examples.images(model.signature()),
                            Examples.targets(model.signature().classCount())),
                    name);
        } catch (NoClassDefFoundError e) {
            fail(missing(name, e), e);
        }
    }

    private static ExplainerProvider<?> provider(ClassLoader loader, String name) {
        try {
            Constructor<?> constructor = load(loader, name).getConstructor();
            return (ExplainerProvider<?>) constructor.newInstance();
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return fail(name + " is not public, or has no public constructor without parameters", e);
        } catch (ReflectiveOperationException | ClassCastException e) {
            return fail(name + " cannot be made, or is no ExplainerProvider", e);
        }
    }

    private static Class<?> load(ClassLoader loader, String name) {
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException e) {
            return fail("the service file names " + name + ", which is not there", e);
        } catch (NoClassDefFoundError e) {
            return fail(missing(name, e), e);
        }
    }

    private static String missing(String user, NoClassDefFoundError e) {
        return user + " uses " + String.valueOf(e.getMessage()).replace('/', '.')
                + ", which is neither in the jar nor in a library beside it";
    }
}

package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.PluginClassLoader;
import dev.inkling.spi.SpiVersion;
import dev.inkling.spi.WrapperProvider;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * What a plug-in's jar promises to the application that it is dropped into, as tests on the built jar: for the phase
 * {@code integration-test} of the plug-in's build.
 */
public final class PluginPackaging {

    /** The class files of Java 17, the oldest that Inkling runs on. */
    private static final int JAVA_17 = 61;

    private static final List<Class<?>> SERVICES = List.of(ExplainerProvider.class, WrapperProvider.class);

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
                dynamicTest("the service files list the providers", packaging::theServiceFilesListTheProviders),
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

    private void theServiceFilesListTheProviders() throws IOException {
        try (PluginClassLoader loader = plugin.load()) {
            boolean provides = false;
            for (Class<?> service : SERVICES) {
                Set<String> present = new TreeSet<>();
                for (String name : plugin.classes()) {
                    Class<?> type = load(loader, name);
                    if (service.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
                        present.add(name);
                    }
                }
                assertEquals(
                        present,
                        new TreeSet<>(plugin.providers(service)),
                        "the classes in the jar that implement " + service.getSimpleName()
                                + ", and those that META-INF/services/" + service.getName() + " names, one a line");
                provides |= !present.isEmpty();
            }
            assertTrue(provides, "no class in the jar implements ExplainerProvider or WrapperProvider");
        }
    }

    private void aProviderIsMadeWithoutParameters() throws IOException {
        try (PluginClassLoader loader = plugin.load()) {
            for (Class<?> service : SERVICES) {
                for (String name : plugin.providers(service)) {
                    provider(loader, service, name);
                }
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
            for (String name : plugin.providers(ExplainerProvider.class)) {
                explain(name, () -> {
                    ExplainerProvider<?> explainer = provider(loader, ExplainerProvider.class, name);
                    return ExplainerContract.of(explainer);
                });
            }
            for (String name : plugin.providers(WrapperProvider.class)) {
                explain(name, () -> {
                    WrapperProvider<?> wrapper = provider(loader, WrapperProvider.class, name);
                    return ExplainerContract.of(wrapper);
                });
            }
        }
    }

    private static void explain(String name, Supplier<ExplainerContract<?>> contract) {
        try {
            Attributions.assertFinite(contract.get().explained(), name);
        } catch (NoClassDefFoundError e) {
            fail(missing(name, e), e);
        }
    }

    private static <T> T provider(ClassLoader loader, Class<T> service, String name) {
        try {
            return service.cast(load(loader, name).getConstructor().newInstance());
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return fail(name + " is not public, or has no public constructor without parameters", e);
        } catch (ReflectiveOperationException | ClassCastException e) {
            return fail(name + " cannot be made, or is no " + service.getSimpleName(), e);
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

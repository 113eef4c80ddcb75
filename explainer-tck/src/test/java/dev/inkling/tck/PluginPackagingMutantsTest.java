package dev.inkling.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.SpiVersion;
import dev.inkling.spi.WrapperCard;
import dev.inkling.spi.WrapperProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars with one fault each: the test that says so fails, with what to do in its message. */
class PluginPackagingMutantsTest {

    private static final String MANIFEST = "the manifest names the SPI's version";
    private static final String SERVICES = "the service files list the providers";
    private static final String CONSTRUCTOR = "a provider is made without parameters";
    private static final String SHARED = "what is shared stays out of the jar";
    private static final String JAVA_17 = "classes run on Java 17";
    private static final String COMPLETE = "all that classes use is there";
    private static final String EXPLAINS = "explainers explain from the jar alone";

    private static final String SERVICE_FILE = "META-INF/services/dev.inkling.spi.ExplainerProvider";
    private static final String SAMPLE = "dev.inkling.tck.SamplePlugin";

    @TempDir
    Path folder;

    /** What is in the jar, by name. */
    private final Map<String, byte[]> entries = new TreeMap<>();

    private String spiVersion = String.valueOf(SpiVersion.CURRENT);

    PluginPackagingMutantsTest() throws IOException {
        for (String nested : List.of("", "$Options", "$Promise", "$Arithmetic", "$Scores")) {
            addClass(SAMPLE + nested);
        }
        services("# who explains", SAMPLE);
    }

    @Test
    void aWholeJarPasses() throws Throwable {
        assertThat(failures()).isEmpty();
    }

    @Test
    void noVersion() throws Throwable {
        spiVersion = null;
        assertThat(failures()).containsOnlyKeys(MANIFEST);
        assertThat(failures().get(MANIFEST)).contains("Inkling-SPI-Version", "expected: <1> but was: <nothing>");
    }

    @Test
    void anotherVersion() throws Throwable {
        spiVersion = "2";
        assertThat(failures()).containsOnlyKeys(MANIFEST);
    }

    @Test
    void noServiceFile() throws Throwable {
        entries.remove(SERVICE_FILE);
        assertThat(failures()).containsOnlyKeys(SERVICES);
        assertThat(failures().get(SERVICES)).contains("those that " + SERVICE_FILE + " names", "[" + SAMPLE + "]");
    }

    @Test
    void aServiceThatIsNotThere() throws Throwable {
        services(SAMPLE, "dev.inkling.tck.Renamed");
        assertThat(failures()).containsOnlyKeys(SERVICES, CONSTRUCTOR, EXPLAINS);
        assertThat(failures().get(CONSTRUCTOR)).contains("names dev.inkling.tck.Renamed, which is not there");
    }

    @Test
    void nothingAtAll() throws Throwable {
        entries.clear();
        assertThat(failures()).containsOnlyKeys(SERVICES);
        assertThat(failures().get(SERVICES))
                .contains("no class in the jar implements ExplainerProvider or WrapperProvider");
    }

    @Test
    void aWrapperIsAPluginToo() throws Throwable {
        addClass(SampleWrapper.class.getName());
        addClass(SampleWrapper.Options.class.getName());
        assertThat(failures()).containsOnlyKeys(SERVICES);
        entries.put(
                "META-INF/services/dev.inkling.spi.WrapperProvider",
                SampleWrapper.class.getName().getBytes(StandardCharsets.UTF_8));
        assertThat(failures()).isEmpty();
        entries.remove(SERVICE_FILE);
        entries.keySet().removeIf(name -> name.contains("SamplePlugin"));
        assertThat(failures()).containsOnlyKeys(EXPLAINS);
        assertThat(failures().get(EXPLAINS))
                .contains(SampleWrapper.class.getName() + " uses " + SAMPLE + "$Arithmetic, which is neither");
    }

    @Test
    void aProviderThatIsNotListed() throws Throwable {
        addClass(Forgotten.class.getName());
        assertThat(failures()).containsOnlyKeys(SERVICES);
        assertThat(failures().get(SERVICES)).contains("expected: <[" + Forgotten.class.getName() + ", " + SAMPLE);
    }

    @Test
    void aProviderThatNobodyCanMake() throws Throwable {
        addClass(Hidden.class.getName());
        services(SAMPLE, Hidden.class.getName());
        assertThat(failures()).containsOnlyKeys(SERVICES, CONSTRUCTOR, EXPLAINS);
        assertThat(failures().get(CONSTRUCTOR)).contains("no public constructor without parameters");
    }

    @Test
    void aCopyOfTheSpi() throws Throwable {
        addClass(SpiVersion.class.getName());
        assertThat(failures()).containsOnlyKeys(SHARED);
        assertThat(failures().get(SHARED)).contains("dev.inkling.spi.SpiVersion", "scope 'provided'");
    }

    @Test
    void classesOfANewerJava() throws Throwable {
        byte[] code = entries.get(fileOf(SAMPLE + "$Promise"));
        code[7] = 65;
        assertThat(failures()).containsKey(JAVA_17);
        assertThat(failures().get(JAVA_17)).contains(SAMPLE + "$Promise is compiled for Java 21");
    }

    @Test
    void aLibraryInASignatureIsMissing() throws Throwable {
        entries.remove(fileOf(SAMPLE + "$Arithmetic"));
        assertThat(failures()).containsOnlyKeys(COMPLETE, EXPLAINS);
        assertThat(failures().get(COMPLETE))
                .contains(SAMPLE + "$Scores uses " + SAMPLE
                        + "$Arithmetic, which is neither in the jar nor in a library");
    }

    @Test
    void aLibraryInAMethodIsMissing() throws Throwable {
        entries.remove(fileOf(SAMPLE + "$Promise"));
        assertThat(failures()).containsOnlyKeys(EXPLAINS);
        assertThat(failures().get(EXPLAINS)).contains("uses " + SAMPLE + "$Promise, which is neither");
    }

    @Test
    void aLibraryBesideThePluginIsFound() throws Throwable {
        Path library = folder.resolve("library.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(library))) {
            out.putNextEntry(new JarEntry(fileOf(SAMPLE + "$Promise")));
            out.write(entries.remove(fileOf(SAMPLE + "$Promise")));
        }
        assertThat(failures(library)).isEmpty();
    }

    @Test
    void noJarAtAll() {
        Path missing = folder.resolve("missing.jar");
        DynamicTest first = PluginPackaging.tests(missing).findFirst().orElseThrow();
        assertThatThrownBy(() -> first.getExecutable().execute())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no jar at " + missing + "; packaging is tested after the phase 'package'");
    }

    @Test
    void withoutTheSystemPropertyNoJarIsKnown() {
        assertThatThrownBy(() -> new PluginPackagingTest() {})
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'inkling.plugin.jar' names no jar; run this by 'mvn verify'");
    }

    /** Public, and on no list. */
    public static final class Forgotten implements ExplainerProvider<SamplePlugin.Options> {

        private final SamplePlugin sample = new SamplePlugin();

        @Override
        public ExplainerCard card() {
            return sample.card();
        }

        @Override
        public Class<SamplePlugin.Options> options() {
            return sample.options();
        }

        @Override
        public Explainer create(SamplePlugin.Options options) {
            return sample.create(options);
        }
    }

    /** A wrapper that multiplies, by a class of the other plug-in. */
    public static final class SampleWrapper implements WrapperProvider<SampleWrapper.Options> {

        /** None. */
        public record Options() {}

        @Override
        public WrapperCard card() {
            return new WrapperCard("doubled", "Doubled", "Twice", "https://example.org", Set.of());
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Attribution.Contract contract(Attribution.Contract wrapped, Options options) {
            return wrapped;
        }

        @Override
        public Explainer wrap(Explainer explainer, Options options) {
            return (model, images, targets) -> {
                Attribution once = explainer.explain(model, images, targets);
                float[] values = FloatArrays.flat(once.values());
                for (int i = 0; i < values.length; i++) {
                    values[i] = new SamplePlugin.Arithmetic(2).apply(values[i]);
                }
                return new Attribution(
                        FloatArrays.of(values, once.values().shape().asArray()), once.contract(), once.diagnostics());
            };
        }
    }

    /** Listed, and not for others to make. */
    public static final class Hidden {
        private Hidden() {}
    }

    private void services(String... lines) {
        entries.put(SERVICE_FILE, String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    private void addClass(String name) throws IOException {
        try (InputStream in = getClass().getClassLoader().getResourceAsStream(fileOf(name))) {
            entries.put(fileOf(name), in.readAllBytes());
        }
    }

    private static String fileOf(String className) {
        return className.replace('.', '/') + ".class";
    }

    /** The messages of the tests that fail, by their names. */
    private Map<String, String> failures(Path... libraries) throws Throwable {
        Path jar = folder.resolve("plugin.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (spiVersion != null) {
            manifest.getMainAttributes().putValue(SpiVersion.MANIFEST_ATTRIBUTE, spiVersion);
        }
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new JarEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
        Map<String, String> failures = new TreeMap<>();
        for (DynamicTest test : PluginPackaging.tests(jar, libraries).toList()) {
            try {
                test.getExecutable().execute();
            } catch (AssertionError | LinkageError e) {
                failures.put(test.getDisplayName(), e.getMessage());
            }
        }
        return failures;
    }
}

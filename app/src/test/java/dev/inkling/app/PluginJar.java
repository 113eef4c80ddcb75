package dev.inkling.app;

import static java.util.stream.Collectors.joining;

import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.WrapperProvider;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.tensorflow.ndarray.FloatNdArray;

/** A jar, compiled from source texts while the test runs, as the author of a plug-in would make it. */
final class PluginJar {

    private final Map<String, String> sources = new LinkedHashMap<>();
    private final List<String> services = new ArrayList<>();
    private final List<String> wrappers = new ArrayList<>();
    private final List<Path> libraries = new ArrayList<>();
    private final Attributes attributes = new Attributes();

    private PluginJar() {
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    }

    /** A library: no explainer in it. */
    static PluginJar library() {
        return new PluginJar();
    }

    /** A plug-in for the SPI as it is, with no explainer yet. */
    static PluginJar plugin() {
        return new PluginJar().attribute("Inkling-SPI-Version", "1");
    }

    /** A plug-in with one explainer of this name that works: its map is 1×1×1 and holds 42 for each image. */
    static PluginJar working(String name) {
        return plugin().explainer("test.plugin.Provider", new Source(name));
    }

    PluginJar attribute(String name, String value) {
        attributes.putValue(name, value);
        return this;
    }

    /** Adds a provider's class and registers it. */
    PluginJar explainer(String className, Source source) {
        return source(className, source.text(className)).service(className);
    }

    /** Adds a wrapper of this name, which doubles what it is around, and registers it. */
    PluginJar wrapper(String className, String name) {
        wrappers.add(className);
        int dot = className.lastIndexOf('.');
        return source(className, """
                package %s;

                import dev.inkling.spi.*;
                import java.util.Set;

                public class %s implements WrapperProvider<%s.Settings> {

                    public record Settings(@Option(value = "2", help = "how often", min = 1, max = 9) int times) {}

                    public WrapperCard card() {
                        return new WrapperCard("%s", "Many", "Many times:", "Nobody (2026)", Set.of(Background.class));
                    }

                    public Class<Settings> options() {
                        return Settings.class;
                    }

                    public Attribution.Contract contract(Attribution.Contract wrapped, Settings settings) {
                        return wrapped;
                    }

                    public Explainer wrap(Explainer explainer, Settings settings) {
                        return (model, images, targets) -> {
                            Attribution one = explainer.explain(model, images, targets);
                            float[] values = FloatArrays.flat(one.values());
                            for (int i = 0; i < values.length; i++) {
                                values[i] *= settings.times();
                            }
                            return new Attribution(
                                    FloatArrays.of(values, one.values().shape().asArray()), one.contract());
                        };
                    }
                }
                """.formatted(
                        className.substring(0, dot), className.substring(dot + 1), className.substring(dot + 1), name));
    }

    PluginJar source(String className, String text) {
        sources.put(className, text);
        return this;
    }

    PluginJar service(String className) {
        services.add(className);
        return this;
    }

    /** Compiles against this jar, which does not come along. */
    PluginJar compiledAgainst(Path library) {
        libraries.add(library);
        return this;
    }

    /** Compiles and writes the jar, with its folders. */
    Path write(Path jar) {
        try {
            Files.createDirectories(jar.getParent());
            Path classes = Files.createTempDirectory(jar.getParent().getParent(), "classes");
            compile(classes);
            Manifest manifest = new Manifest();
            manifest.getMainAttributes().putAll(attributes);
            try (OutputStream file = Files.newOutputStream(jar);
                    JarOutputStream out = new JarOutputStream(file, manifest)) {
                register(ExplainerProvider.class, services, out);
                register(WrapperProvider.class, wrappers, out);
                List<Path> files;
                try (Stream<Path> all = Files.walk(classes)) {
                    files = all.filter(Files::isRegularFile).sorted().toList();
                }
                for (Path compiled : files) {
                    out.putNextEntry(
                            new JarEntry(classes.relativize(compiled).toString().replace('\\', '/')));
                    Files.copy(compiled, out);
                }
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void register(Class<?> service, List<String> providers, JarOutputStream out) throws IOException {
        if (!providers.isEmpty()) {
            out.putNextEntry(new JarEntry("META-INF/services/" + service.getName()));
            out.write(String.join("\n", providers).getBytes(StandardCharsets.UTF_8));
        }
    }

    private void compile(Path classes) {
        if (sources.isEmpty()) {
            return;
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        String classPath = Stream.concat(
                        Stream.of(location(ExplainerProvider.class), location(FloatNdArray.class)), libraries.stream())
                .map(Path::toString)
                .collect(joining(File.pathSeparator));
        List<JavaFileObject> units = new ArrayList<>();
        sources.forEach((name, text) -> units.add(new SourceText(name, text)));
        boolean compiled = compiler.getTask(
                        null,
                        null,
                        null,
                        List.of("-d", classes.toString(), "-cp", classPath, "-proc:none"),
                        null,
                        units)
                .call();
        if (!compiled) {
            throw new IllegalArgumentException("the test's plug-in does not compile; see above");
        }
    }

    static Path location(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    /** A provider whose parts a test replaces by its own code. */
    record Source(String name, String options, String header, String constructor, String card, String explain) {

        Source(String name) {
            this(name, "", "", "", "", "");
        }

        /** The components of the record of options. */
        Source options(String components) {
            return new Source(name, components, header, constructor, card, explain);
        }

        /** What goes between the class name and the brace. */
        Source header(String text) {
            return new Source(name, options, text, constructor, card, explain);
        }

        /** Statements of the constructor. */
        Source constructor(String code) {
            return new Source(name, options, header, code, card, explain);
        }

        /** Statements at the start of {@code card()}; they may set {@code title}. */
        Source card(String code) {
            return new Source(name, options, header, constructor, code, explain);
        }

        /** Statements at the start of {@code explain}. */
        Source explain(String code) {
            return new Source(name, options, header, constructor, card, code);
        }

        String text(String className) {
            int dot = className.lastIndexOf('.');
            return """
                    package %s;

                    import dev.inkling.spi.*;
                    import java.util.*;
                    import org.tensorflow.ndarray.FloatNdArray;

                    public class %s %s implements ExplainerProvider<%s.Settings> {

                        public record Settings(%s) {}

                        public %s() {
                            %s
                        }

                        public ExplainerCard card() {
                            String title = "Test";
                            %s
                            return new ExplainerCard("%s", title, "shows 42", "Nobody (2026)",
                                    ExplainerCard.Family.GRADIENT, Set.of(Gradients.class),
                                    new Attribution.Contract(Attribution.Contract.Sign.SIGNED, false, "logits"));
                        }

                        public Class<Settings> options() {
                            return Settings.class;
                        }

                        public Explainer create(Settings settings) {
                            return (model, images, targets) -> {
                                %s
                                int n = (int) images.shape().get(0);
                                float[] values = new float[n];
                                Arrays.fill(values, 42);
                                return new Attribution(FloatArrays.of(values, n, 1, 1, 1), card().contract());
                            };
                        }
                    }
                    """.formatted(
                            className.substring(0, dot),
                            className.substring(dot + 1),
                            header,
                            className.substring(dot + 1),
                            options,
                            className.substring(dot + 1),
                            constructor,
                            card,
                            name,
                            explain);
        }
    }

    private static final class SourceText extends SimpleJavaFileObject {

        private final String text;

        private SourceText(String className, String text) {
            super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}

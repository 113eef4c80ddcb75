package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.fail;

import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.PluginClassLoader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * A plug-in as built.
 *
 * @param jar which holds the providers
 * @param libraries jars that belong beside it
 */
record PluginJar(Path jar, List<Path> libraries) {

    private static final String CLASS = ".class";

    /** The manifest's main attribute of this name. */
    Optional<String> attribute(String name) throws IOException {
        try (JarFile file = open()) {
            return Optional.ofNullable(file.getManifest())
                    .map(manifest -> manifest.getMainAttributes().getValue(name));
        }
    }

    /** The classes in the jar itself, by name. */
    List<String> classes() throws IOException {
        try (JarFile file = open()) {
            return file.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.endsWith(CLASS)
                            && !name.startsWith("META-INF/")
                            && !name.endsWith("module-info" + CLASS))
                    .map(name ->
                            name.substring(0, name.length() - CLASS.length()).replace('/', '.'))
                    .sorted()
                    .toList();
        }
    }

    /** The first bytes of a class. */
    byte[] header(String className, int length) throws IOException {
        try (JarFile file = open();
                InputStream in = file.getInputStream(file.getEntry(className.replace('.', '/') + CLASS))) {
            return in.readNBytes(length);
        }
    }

    /** The providers of a service that its file names; none where there is no file. */
    List<String> providers(Class<?> service) throws IOException {
        try (JarFile file = open()) {
            JarEntry entry = file.getJarEntry("META-INF/services/" + service.getName());
            if (entry == null) {
                return List.of();
            }
            try (InputStream in = file.getInputStream(entry)) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> line.replaceFirst("#.*", "").strip())
                        .filter(line -> !line.isEmpty())
                        .toList();
            }
        }
    }

    /** Loads as the application does, with the SPI from here and everything else from the jars. */
    PluginClassLoader load() throws IOException {
        List<URL> urls = new ArrayList<>(List.of(jar.toUri().toURL()));
        for (Path library : libraries) {
            urls.add(library.toUri().toURL());
        }
        return new PluginClassLoader(String.valueOf(jar.getFileName()), urls, ExplainerProvider.class.getClassLoader());
    }

    private JarFile open() throws IOException {
        if (!Files.isRegularFile(jar)) {
            fail("no jar at " + jar + "; packaging is tested after the phase 'package'");
        }
        return new JarFile(jar.toFile());
    }
}

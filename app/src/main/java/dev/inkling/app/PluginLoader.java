package dev.inkling.app;

import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Options;
import dev.inkling.spi.PluginClassLoader;
import dev.inkling.spi.SpiVersion;
import dev.inkling.spi.WrapperCard;
import dev.inkling.spi.WrapperProvider;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * Finds explainers and wrappers: the built-in ones on the app's class path, the others in folders of plug-ins. A plug-in is a jar, or a
 * folder with jars directly in it. Whatever is wrong with one becomes a {@link BrokenPlugin} and touches no other.
 *
 * <p>A plug-in's class loader stays open as long as the JVM lives: its explainers load classes when they are used.
 */
final class PluginLoader {

    private static final String SERVICE_FILE = "META-INF/services/" + ExplainerProvider.class.getName();
    private static final String WRAPPER_FILE = "META-INF/services/" + WrapperProvider.class.getName();

    private final ClassLoader app;
    private final List<InstalledExplainer> installed = new ArrayList<>();
    private final List<InstalledWrapper> wrappers = new ArrayList<>();
    private final List<BrokenPlugin> broken = new ArrayList<>();

    /** With the loader of the app's class path: it holds the built-ins and what plug-ins share. */
    PluginLoader(ClassLoader app) {
        this.app = app;
    }

    List<InstalledExplainer> installed() {
        return installed;
    }

    List<InstalledWrapper> wrappers() {
        return wrappers;
    }

    List<BrokenPlugin> broken() {
        return broken;
    }

    /** Adds the explainers of the app's class path. */
    void loadBuiltIns() {
        load(app, "the app");
    }

    /**
     * Adds the explainers of each plug-in in these folders, sorted by file name; a folder that comes twice counts once.
     *
     * @throws InvalidInputException if a folder cannot be listed
     */
    void loadPlugins(List<Path> folders) {
        Set<Path> distinct = new LinkedHashSet<>();
        for (Path folder : folders) {
            distinct.add(real(folder));
        }
        for (Path folder : distinct) {
            for (Path plugin : list(folder)) {
                List<Path> jars = Files.isDirectory(plugin)
                        ? list(plugin).stream().filter(PluginLoader::isJar).toList()
                        : Stream.of(plugin).filter(PluginLoader::isJar).toList();
                if (!jars.isEmpty()) {
                    loadPlugin(plugin, jars);
                }
            }
        }
    }

    private void loadPlugin(Path plugin, List<Path> jars) {
        try {
            boolean provides = false;
            for (Path jar : jars) {
                provides |= checkSpiVersion(jar);
            }
            if (!provides) {
                throw new InvalidInputException(
                        "holds no explainer: no '%s' in %s", SERVICE_FILE, jars.size() == 1 ? "it" : "any of its jars");
            }
            List<URL> urls = new ArrayList<>();
            for (Path jar : jars) {
                urls.add(jar.toUri().toURL());
            }
            load(new PluginClassLoader(String.valueOf(plugin.getFileName()), urls, app), plugin.toString());
        } catch (InvalidInputException e) {
            addBroken(Optional.empty(), plugin.toString(), e.getMessage());
        } catch (MalformedURLException e) {
            throw new IllegalStateException("a path without URL: " + plugin, e);
        }
    }

    /**
     * Reads the manifest only, so that a plug-in for another SPI never gets to load a class.
     *
     * @return whether this jar provides explainers; the other jars of a plug-in are its libraries and need no version
     */
    private static boolean checkSpiVersion(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            if (file.getEntry(SERVICE_FILE) == null && file.getEntry(WRAPPER_FILE) == null) {
                return false;
            }
            Manifest manifest = file.getManifest();
            String found =
                    manifest == null ? null : manifest.getMainAttributes().getValue(SpiVersion.MANIFEST_ATTRIBUTE);
            checkSpiVersion(jar.getFileName().toString(), found);
            return true;
        } catch (IOException e) {
            throw new InvalidInputException(
                    e, "%s is not a readable jar (%s); copy it again", jar.getFileName(), e.getMessage());
        }
    }

    private static void checkSpiVersion(String jar, String found) {
        if (found == null) {
            throw new InvalidInputException(
                    "the manifest of %s lacks '%s', and this Inkling has version %d; whoever builds the plug-in adds the"
                            + " version it is built for",
                    jar, SpiVersion.MANIFEST_ATTRIBUTE, SpiVersion.CURRENT);
        }
        int version;
        try {
            version = Integer.parseInt(found.strip());
        } catch (NumberFormatException e) {
            throw new InvalidInputException(
                    e,
                    "the manifest of %s says '%s: %s', expected a whole number; this Inkling has version %d",
                    jar,
                    SpiVersion.MANIFEST_ATTRIBUTE,
                    found,
                    SpiVersion.CURRENT);
        }
        if (version != SpiVersion.CURRENT) {
            throw new InvalidInputException(
                    "%s is built for version %d of the explainer SPI, this Inkling has version %d; get %s",
                    jar,
                    version,
                    SpiVersion.CURRENT,
                    version > SpiVersion.CURRENT ? "a newer Inkling" : "a newer build of the plug-in");
        }
    }

    @SuppressWarnings("try") // the context loader is there for its closing
    private void load(ClassLoader loader, String origin) {
        try (ContextLoader during = new ContextLoader(loader)) {
            load(ExplainerProvider.class, loader, origin, this::install);
            load(WrapperProvider.class, loader, origin, this::installWrapper);
        }
    }

    private interface Installation<T> {
        void install(ServiceLoader.Provider<T> found, String origin);
    }

    private <T> void load(Class<T> service, ClassLoader loader, String origin, Installation<T> installation) {
        Iterator<ServiceLoader.Provider<T>> providers =
                ServiceLoader.load(service, loader).stream().iterator();
        while (true) {
            // Each step may fail by its own provider alone, and the iterator goes on behind it.
            try {
                if (!providers.hasNext()) {
                    return;
                }
                installation.install(providers.next(), origin);
            } catch (ServiceConfigurationError | LinkageError e) {
                addBroken(Optional.empty(), origin, reason(e));
            }
        }
    }

    @SuppressWarnings("rawtypes") // a class literal has no type parameter
    private void install(ServiceLoader.Provider<ExplainerProvider> found, String pluginOrigin) {
        String origin = jar(found.type()).orElse(pluginOrigin);
        Optional<String> name = Optional.empty();
        try {
            ExplainerProvider<?> provider = found.get();
            ExplainerCard card = Objects.requireNonNull(provider.card(), "card() returned null");
            name = Optional.of(card.name());
            if (card.name().contains(ExplainerCard.JOINT)) {
                throw new InvalidInputException(
                        "'%s' in its name stands between a wrapper and what it is around", ExplainerCard.JOINT);
            }
            checkDefaults(provider.options());
            installed.add(new InstalledExplainer(provider, card, origin));
        } catch (Exception | ServiceConfigurationError | LinkageError e) {
            addBroken(name, origin, found.type().getName() + ": " + reason(e));
        }
    }

    @SuppressWarnings("rawtypes") // a class literal has no type parameter
    private void installWrapper(ServiceLoader.Provider<WrapperProvider> found, String pluginOrigin) {
        String origin = jar(found.type()).orElse(pluginOrigin);
        Optional<String> name = Optional.empty();
        try {
            WrapperProvider<?> provider = found.get();
            WrapperCard card = Objects.requireNonNull(provider.card(), "card() returned null");
            name = Optional.of(card.name());
            checkDefaults(provider.options());
            wrappers.add(new InstalledWrapper(provider, card, origin));
        } catch (Exception | ServiceConfigurationError | LinkageError e) {
            addBroken(name, origin, found.type().getName() + ": " + reason(e));
        }
    }

    private static void checkDefaults(Class<? extends Record> options) {
        try {
            Options.defaults(Objects.requireNonNull(options, "options() returned null"));
        } catch (InvalidInputException e) {
            throw new InvalidInputException(e, "its defaults are wrong: %s", e.getMessage());
        }
    }

    private void addBroken(Optional<String> explainer, String origin, String reason) {
        broken.add(new BrokenPlugin(explainer, List.of(origin), reason));
    }

    /** ServiceLoader prefixes its own messages with the service; ours name the jar. */
    private static String reason(Throwable failure) {
        boolean own = failure instanceof ServiceConfigurationError && failure.getCause() == null;
        return own
                ? failure.getMessage()
                        .replace(ExplainerProvider.class.getName() + ": ", "")
                        .replace(WrapperProvider.class.getName() + ": ", "")
                : RootCause.describe(failure);
    }

    private static Optional<String> jar(Class<?> type) {
        try {
            return Optional.of(Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString());
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static boolean isJar(Path file) {
        return file.getFileName().toString().endsWith(".jar") && Files.isRegularFile(file);
    }

    private static Path real(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            throw cannotRead(folder, e);
        }
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw cannotRead(folder, e);
        }
    }

    private static InvalidInputException cannotRead(Path folder, IOException e) {
        return new InvalidInputException(e, "cannot read the plug-in folder '%s': %s", folder, RootCause.describe(e));
    }
}

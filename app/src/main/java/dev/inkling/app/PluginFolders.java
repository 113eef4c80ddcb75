package dev.inkling.app;

import dev.inkling.spi.InvalidInputException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where plug-ins are looked for. */
final class PluginFolders {

    /** System property: the folder of drop-in plug-ins, for packagers who put it elsewhere than beside the app. */
    static final String PROPERTY = "inkling.plugins";

    private PluginFolders() {}

    /**
     * The folder beside the app, where there is one, then those named on the command line.
     *
     * @throws InvalidInputException if a folder that was named is none
     */
    static List<Path> all(List<Path> named) {
        List<Path> folders = new ArrayList<>();
        Optional.ofNullable(System.getProperty(PROPERTY))
                .map(Path::of)
                .or(() -> appLocation().flatMap(PluginFolders::beside))
                .filter(Files::isDirectory)
                .ifPresent(folders::add);
        for (Path folder : named) {
            if (!Files.isDirectory(folder)) {
                throw new InvalidInputException(
                        "no folder '%s'; --plugins names a folder of plug-in jars, or of folders with plug-in jars",
                        folder);
            }
            folders.add(folder);
        }
        return folders;
    }

    /**
     * The {@code plugins} folder of the two layouts in which the app lives: {@code lib/inkling.jar} of a distribution, and
     * {@code app/target/inkling.jar} (or {@code app/target/classes}) of a checkout.
     *
     * @param app the app's jar or folder of classes
     */
    static Optional<Path> beside(Path app) {
        Path folder = app.toAbsolutePath().normalize().getParent();
        boolean checkout = folder != null && folder.endsWith(Path.of("app", "target"));
        Path home = checkout ? folder.getParent().getParent() : folder == null ? null : folder.getParent();
        return Optional.ofNullable(home).map(h -> h.resolve("plugins"));
    }

    private static Optional<Path> appLocation() {
        CodeSource source = PluginFolders.class.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(source.getLocation().toURI()));
        } catch (URISyntaxException | IllegalArgumentException e) {
            // A launcher that does not run from files: it names its folder with --plugins.
            return Optional.empty();
        }
    }
}

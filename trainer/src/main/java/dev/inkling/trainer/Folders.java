package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What lies in a folder of data, in an order that every machine agrees on. */
final class Folders {

    /** Left by file managers. */
    private static final Set<String> LITTER = Set.of("Thumbs.db", "desktop.ini");

    private Folders() {}

    /**
     * The names in a folder, ascending by code unit; without hidden ones ({@code .DS_Store} and the like) and what file
     * managers leave.
     *
     * @throws InvalidInputException if it can not be listed
     */
    static List<String> list(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !name.startsWith(".") && !LITTER.contains(name))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new InvalidInputException(e, "folder %s cannot be listed: %s", folder, e);
        }
    }

    /** What data in a folder are called. */
    static String name(Path folder) {
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return name == null ? "data" : name.toString();
    }
}

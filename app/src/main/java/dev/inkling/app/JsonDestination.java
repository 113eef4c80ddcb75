package dev.inkling.app;

import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tools.jackson.databind.json.JsonMapper;

/** Where a command's {@code --json} goes: to a file, whole or not at all, or for {@code -} to standard output. */
final class JsonDestination {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final String where;
    private final Terminal terminal;

    /**
     * A destination.
     *
     * @param where a file, {@code -}, or null for nowhere
     * @throws InvalidInputException if the file can't be written there
     */
    JsonDestination(String where, Terminal terminal) {
        this.where = where;
        this.terminal = terminal;
        if (where == null || where.equals("-")) {
            return;
        }
        Path file = file();
        if (Files.isDirectory(file)) {
            throw new InvalidInputException("can't write JSON to %s: it is a folder; name a file", where);
        }
        if (!Files.isDirectory(file.getParent()) || !Files.isWritable(file.getParent())) {
            throw new InvalidInputException(
                    "can't write JSON to %s: %s is no folder that can be written; name another",
                    where, file.getParent());
        }
    }

    /** Whether standard output belongs to the JSON alone. */
    boolean isStandardOutput() {
        return "-".equals(where);
    }

    void write(Object value) throws IOException {
        if (where == null) {
            return;
        }
        String text = MAPPER.writeValueAsString(value) + "\n";
        if (isStandardOutput()) {
            terminal.out().print(text);
            return;
        }
        Path part = Files.createTempFile(file().getParent(), ".inkling-", ".part");
        try {
            Files.writeString(part, text);
            Files.move(part, file(), StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private Path file() {
        return Path.of(where).toAbsolutePath();
    }
}

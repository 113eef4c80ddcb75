package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedFolderTest {

    @TempDir
    Path root;

    @Test
    void appearsWithAllFoldersOnTheWay() throws IOException {
        Path target = root.resolve("a/b/report");

        try (StagedFolder folder = StagedFolder.beside(target)) {
            Files.writeString(folder.path().resolve("x.txt"), "new");
            assertThat(target).doesNotExist();
            folder.commit();
        }

        assertThat(files(target.getParent())).containsExactly("report", "report/x.txt");
    }

    @Test
    void withoutCommitNothingIsLeftAndTheOldStays() throws IOException {
        Path target = Files.createDirectory(root.resolve("report"));
        Files.writeString(target.resolve("old.txt"), "old");

        try (StagedFolder folder = StagedFolder.beside(target)) {
            Files.createDirectories(folder.path().resolve("deep/er"));
            Files.writeString(folder.path().resolve("deep/er/x.txt"), "new");
        }

        assertThat(files(root)).containsExactly("report", "report/old.txt");
        assertThat(target.resolve("old.txt")).hasContent("old");
    }

    @Test
    void replacesTheOldAsAWhole() throws IOException {
        Path target = Files.createDirectories(root.resolve("report/sub")).getParent();
        Files.writeString(target.resolve("sub/old.txt"), "old");

        try (StagedFolder folder = StagedFolder.beside(target)) {
            Files.writeString(folder.path().resolve("new.txt"), "new");
            folder.commit();
        }

        assertThat(files(root)).containsExactly("report", "report/new.txt");
    }

    @Test
    void theOldComesBackIfTheNewCannotBeMoved() throws IOException {
        Path target = Files.createDirectory(root.resolve("report"));
        Files.writeString(target.resolve("old.txt"), "old");

        try (StagedFolder folder = StagedFolder.beside(target)) {
            // Somebody takes the new folder away: moving it into place fails.
            Files.delete(folder.path());
            assertThatThrownBy(folder::commit).isInstanceOf(IOException.class);
        }

        assertThat(files(root)).containsExactly("report", "report/old.txt");
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path real = Files.createDirectory(root.resolve("real"));
        Path link = Files.createSymbolicLink(root.resolve("link"), real);

        try (StagedFolder folder = StagedFolder.beside(link)) {
            Files.writeString(folder.path().resolve("new.txt"), "new");
            folder.commit();
        }

        assertThat(link).isSymbolicLink();
        assertThat(real.resolve("new.txt")).hasContent("new");
    }

    @Test
    void aFileInTheWayIsRefused() throws IOException {
        Path file = Files.writeString(root.resolve("report"), "mine");

        assertThatThrownBy(() -> StagedFolder.requireWritable(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("output folder " + file + " is a file; name a folder");
        assertThatThrownBy(() -> StagedFolder.requireWritable(file.resolve("deeper/still")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("can't create output folder " + file.resolve("deeper/still") + ": " + file.toRealPath()
                        + " is a file; name another folder");
        assertThat(file).hasContent("mine");
    }

    @Test
    void theCurrentFolderIsRefused() {
        assertThatThrownBy(() -> StagedFolder.requireWritable(Path.of(".")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("output folder . holds the current folder, and it is replaced as a whole;"
                        + " name a folder in it");
    }

    @Test
    void checkingLeavesNoTrace() throws IOException {
        StagedFolder.requireWritable(root.resolve("a/b/report"));

        assertThat(files(root)).isEmpty();
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> !path.equals(folder))
                    .map(path -> folder.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }
}

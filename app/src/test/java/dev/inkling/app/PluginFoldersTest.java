package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.InvalidInputException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginFoldersTest {

    @ParameterizedTest
    @CsvSource({
        "/opt/inkling/lib/inkling.jar, /opt/inkling/plugins",
        "/home/me/inkling/app/target/inkling.jar, /home/me/inkling/plugins",
        "/home/me/inkling/app/target/classes, /home/me/inkling/plugins",
        "/opt/target/lib/inkling.jar, /opt/target/plugins",
        "/srv/target/inkling.jar, /srv/plugins",
    })
    void bothLayoutsHaveTheirFolder(Path app, Path plugins) {
        assertThat(PluginFolders.beside(app)).contains(plugins);
    }

    @Test
    void aJarInTheRootHasNone() {
        assertThat(PluginFolders.beside(Path.of("/inkling.jar"))).isEmpty();
    }

    @Test
    void namedFoldersComeInTheirOrder(@TempDir Path one, @TempDir Path two) {
        assertThat(PluginFolders.all(List.of(two, one))).endsWith(two, one);
    }

    @Test
    void aNamedFolderMustExist(@TempDir Path folder) {
        assertThatThrownBy(() -> PluginFolders.all(List.of(folder.resolve("plugin"))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("no folder '%s'; --plugins names a folder of plug-in jars, or of folders with plug-in jars"
                        .formatted(folder.resolve("plugin")));
    }
}

package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.InvalidInputException;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngTest {

    private final BufferedImage picture = Overlay.of(Samples.seven(), Samples.fineSigned());

    @TempDir
    Path folder;

    @Test
    void readsBackPixelForPixel() throws Exception {
        Path file = folder.resolve("deep/down/figure.png");
        Png.write(picture, file);
        assertThat(Pixels.difference(picture, ImageIO.read(file.toFile()))).matches(Rectangle::isEmpty);
        assertThat(Files.readAllBytes(file)).isEqualTo(Png.bytes(picture));
    }

    @Test
    void replacesAndLeavesNothingBeside() throws Exception {
        Path file = Files.writeString(folder.resolve("figure.png"), "old");
        Png.write(picture, file);
        assertThat(ImageIO.read(file.toFile())).isNotNull();
        assertThat(folder).isDirectoryContaining(path -> path.equals(file));
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void saysWhereItCouldNotWrite() throws Exception {
        Path notAFolder = Files.writeString(folder.resolve("file"), "kept");
        Path file = notAFolder.resolve("figure.png");
        assertThatThrownBy(() -> Png.write(picture, file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("can't write picture " + file + " (")
                .hasMessageEndingWith("; choose a folder that can be written");
        assertThat(notAFolder).hasContent("kept");
    }

    @Test
    void aFailedMoveLeavesNothingBehind() throws Exception {
        Path occupied =
                Files.createDirectories(folder.resolve("figure.png/inside")).getParent();
        assertThatThrownBy(() -> Png.write(picture, occupied)).isInstanceOf(InvalidInputException.class);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(occupied);
        }
    }
}

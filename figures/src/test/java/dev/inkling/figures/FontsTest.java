package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FontsTest {

    @TempDir
    Path folder;

    /**
     * In a JVM of its own, for which fontconfig (on Linux) knows no font. Without any configuration file it would search
     * the usual folders, and the JDK keeps what it once found in the user's home.
     */
    @Test
    void picturesAreTheSameWhereNoFontIsInstalled() throws Exception {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        Path configuration = Files.writeString(empty.resolve("fonts.conf"), "<fontconfig></fontconfig>");
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Duser.home=" + empty,
                "-cp",
                System.getProperty("java.class.path"),
                FontsTest.class.getName(),
                folder.toString());
        builder.environment().put("FONTCONFIG_PATH", empty.toString());
        builder.environment().put("FONTCONFIG_FILE", configuration.toString());
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();

        BufferedImage page = ImageIO.read(folder.resolve("page.png").toFile());
        Rectangle title = new Rectangle(36, 110, 224, 20);
        assertThat(Pixels.count(page, title, Sheet.TEXT.getRGB() & 0xffffff)).isGreaterThan(50);
        assertThat(Pixels.difference(page(), page)).matches(Rectangle::isEmpty);
        BufferedImage curves = ImageIO.read(folder.resolve("curves.png").toFile());
        assertThat(Pixels.difference(curves(), curves)).matches(Rectangle::isEmpty);
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Png.write(curves(), folder.resolve("curves.png"));
        Png.write(page(), folder.resolve("page.png"));
    }

    private static BufferedImage page() {
        return ImageFigure.render(
                Samples.seven(),
                Samples.prediction("7", "7", 0.9, "1", 0.1),
                "why 7",
                List.of(new Panel("Saliency", Samples.fineSigned()), new Panel("Grad-CAM", Samples.zeroByReLU())));
    }

    private static BufferedImage curves() {
        double[] values = {0.3, 0.2, 0.1};
        return TrainingCurves.render(values, values, values, values, 1);
    }

    @Test
    void boldIsBolder() {
        assertThat(Text.width("Grad-CAM", Fonts.bold(14))).isGreaterThan(Text.width("Grad-CAM", Fonts.regular(14)));
    }
}

package dev.inkling.figures;

import java.awt.Font;
import java.awt.FontFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * The typeface of all pictures, DejaVu Sans, brought along.
 *
 * <p>On Linux a JDK asks the fontconfig library for the fonts of its logical families before it draws the first letter, and
 * fails where there is no such library or it knows no font. So, unless the user has configured fonts for the JVM, the
 * property {@code sun.awt.fontconfig} names a file that answers for it. The fonts stay in a temporary folder until the JVM
 * ends, because AWT reads their outlines when it needs them.
 */
final class Fonts {

    private static final String FOLDER = "/net/sf/jasperreports/fonts/dejavu/";

    private final Font regular;
    private final Font bold;

    private Fonts() {
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
        try {
            Path folder = Files.createTempDirectory("inkling-fonts");
            folder.toFile().deleteOnExit();
            Path regularFile = extract("DejaVuSans.ttf", folder);
            Path boldFile = extract("DejaVuSans-Bold.ttf", folder);
            configure(folder, regularFile);
            regular = Font.createFont(Font.TRUETYPE_FONT, regularFile.toFile());
            bold = Font.createFont(Font.TRUETYPE_FONT, boldFile.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "can't unpack the fonts of pictures to " + System.getProperty("java.io.tmpdir"), e);
        } catch (FontFormatException e) {
            throw new IllegalStateException("the fonts that came along are damaged", e);
        }
    }

    static Font regular(float size) {
        return Holder.FONTS.regular.deriveFont(size);
    }

    static Font bold(float size) {
        return Holder.FONTS.bold.deriveFont(size);
    }

    private static Path extract(String name, Path folder) throws IOException {
        Path file = folder.resolve(name);
        file.toFile().deleteOnExit();
        try (InputStream font = Fonts.class.getResourceAsStream(FOLDER + name)) {
            if (font == null) {
                throw new IllegalStateException("the class path lacks " + FOLDER + name + " (jasperreports-fonts)");
            }
            Files.copy(font, file);
        }
        return file;
    }

    private static void configure(Path folder, Path font) throws IOException {
        if (!System.getProperty("os.name").equals("Linux") || System.getProperty("sun.awt.fontconfig") != null) {
            return;
        }
        Properties configuration = new Properties();
        configuration.setProperty("version", "1");
        for (String family : List.of("serif", "sansserif", "monospaced", "dialog", "dialoginput")) {
            for (String style : List.of("plain", "bold", "italic", "bolditalic")) {
                configuration.setProperty(family + "." + style + ".latin-1", "-x");
            }
        }
        configuration.setProperty("sequence.allfonts", "latin-1");
        configuration.setProperty("filename.-x", font.toString());
        Path file = folder.resolve("fontconfig.properties");
        file.toFile().deleteOnExit();
        try (OutputStream out = Files.newOutputStream(file)) {
            configuration.store(out, null);
        }
        System.setProperty("sun.awt.fontconfig", file.toString());
    }

    /** Initialised on first use, once, by whichever thread comes first. */
    private static final class Holder {
        static final Fonts FONTS = new Fonts();
    }
}

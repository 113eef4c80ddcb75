package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.ValueRange;
import dev.inkling.trainer.MnistFraming.Box;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.FloatNdArray;

class ImageFilesTest {

    private static final ModelSignature MNIST = signature(28, 28, 1, ValueRange.UNIT);

    @TempDir
    Path folder;

    private static ModelSignature signature(int height, int width, int channels, ValueRange range) {
        return new ModelSignature("mnist", height, width, channels, range, List.of("0", "1"), List.of());
    }

    private static byte[] digit(int index) {
        return new Strokes(11).digit(index).pixels();
    }

    private static float[] unit(byte[] pixels) {
        float[] values = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            values[i] = (pixels[i] & 0xFF) / 255f;
        }
        return values;
    }

    private static BufferedImage rgb(int width, int height, IntBinaryOperator colourAt) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, colourAt.applyAsInt(x, y));
            }
        }
        return image;
    }

    private static int grey(int level) {
        return level << 16 | level << 8 | level;
    }

    /** Dark on white, each pixel a square, with its middle moved by (right, down). */
    private static BufferedImage enlarged(byte[] pixels, int times, int width, int height, int right, int down) {
        return rgb(width, height, (x, y) -> {
            int column = Math.floorDiv(x - right, times);
            int row = Math.floorDiv(y - down, times);
            boolean inside = column >= 0 && column < 28 && row >= 0 && row < 28;
            return grey(inside ? 255 - (pixels[row * 28 + column] & 0xFF) : 255);
        });
    }

    private Path saved(BufferedImage image, String format) throws IOException {
        Path file = folder.resolve("image." + format);
        assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
        return file;
    }

    private static float[] read(Path file) {
        return FloatArrays.flat(ImageFiles.read(file, MNIST));
    }

    private static double meanDifference(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]);
        }
        return sum / a.length;
    }

    private static BufferedImage greyImage(byte[] pixels, int type) {
        BufferedImage image = new BufferedImage(28, 28, type);
        int scale = type == BufferedImage.TYPE_USHORT_GRAY ? 257 : 1;
        for (int i = 0; i < pixels.length; i++) {
            image.getRaster().setSample(i % 28, i / 28, 0, (pixels[i] & 0xFF) * scale);
        }
        return image;
    }

    @Test
    void whatIsAlreadyInMnistsFormPassesExactly() throws IOException {
        for (int i = 0; i < 50; i++) {
            byte[] digit = digit(i);
            float[] expected = unit(digit);
            assertThat(read(saved(greyImage(digit, BufferedImage.TYPE_BYTE_GRAY), "png")))
                    .as("grey")
                    .isEqualTo(expected);
            assertThat(read(saved(greyImage(digit, BufferedImage.TYPE_USHORT_GRAY), "png")))
                    .as("grey of 16 bits")
                    .isEqualTo(expected);
            assertThat(read(saved(rgb(28, 28, (x, y) -> grey(digit[y * 28 + x] & 0xFF)), "png")))
                    .as("colour")
                    .isEqualTo(expected);
            assertThat(read(saved(rgb(28, 28, (x, y) -> grey(255 - (digit[y * 28 + x] & 0xFF))), "png")))
                    .as("dark on light")
                    .isEqualTo(expected);
        }
    }

    @Test
    void theShapeIsABatchOfOne() throws IOException {
        FloatNdArray image = ImageFiles.read(saved(enlarged(digit(3), 2, 56, 56, 0, 0), "png"), MNIST);

        assertThat(image.shape().asArray()).containsExactly(1, 28, 28, 1);
    }

    @ParameterizedTest
    @CsvSource({"png, 0.005", "jpg, 0.03"})
    void anEnlargedDigitComesBack(String format, double tolerance) throws IOException {
        double sum = 0;
        for (int i = 0; i < 20; i++) {
            byte[] digit = digit(i);
            sum += meanDifference(unit(digit), read(saved(enlarged(digit, 10, 280, 280, 0, 0), format)));
        }

        assertThat(sum / 20).isLessThan(tolerance);
    }

    @ParameterizedTest
    @CsvSource({"3, 200, 90, 100, -7", "7, 500, 210, -20, 5", "16, 640, 480, 170, 17", "30, 1000, 3000, 100, 1900"})
    void placeAndSizeOnThePageDoNotMatter(int times, int width, int height, int right, int down) throws IOException {
        byte[] digit = digit(8);

        float[] found = read(saved(enlarged(digit, times, width, height, right, down), "png"));

        assertThat(meanDifference(unit(digit), found)).isLessThan(0.02);
    }

    @Test
    void aSmallDigitInACornerOfTheRightSizeIsReframed() throws IOException {
        byte[] digit = digit(5);
        // Every second pixel of the digit, at the upper left.
        BufferedImage image = rgb(28, 28, (x, y) -> grey(x < 14 && y < 14 ? digit[2 * y * 28 + 2 * x] & 0xFF : 0));

        float[] found = read(saved(image, "png"));

        Box box = MnistFraming.inkBox(found, 28, 28, 0.05f);
        assertThat(Math.max(box.height(), box.width())).isBetween(19, 20);
        double[] centre = MnistFraming.centreOfMass(found, 28, box);
        assertThat(box.top() + centre[0]).isCloseTo(14, within(0.55));
        assertThat(box.left() + centre[1]).isCloseTo(14, within(0.55));
    }

    /** Blue ink on yellowish paper, light from the left, dark corners, noise: paper must be exactly 0 all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg"})
    void aPhotographBecomesInkOnBlack(String format) throws IOException {
        Random random = new Random(1);
        double sum = 0;
        for (int i = 0; i < 10; i++) {
            byte[] digit = digit(i);
            BufferedImage photograph = rgb(336, 336, (x, y) -> {
                int level = 255 - (enlargedLevel(digit, x - 28, y - 28) & 0xFF);
                double u = x / 168.0 - 1;
                double v = y / 168.0 - 1;
                double light = 0.8 - 0.15 * u - 0.05 * v - 0.05 * (u * u + v * v);
                int red = clamped((60 + 180 * level / 255.0) * light + 5 * random.nextGaussian());
                int green = clamped((70 + 165 * level / 255.0) * light + 5 * random.nextGaussian());
                int blue = clamped((120 + 90 * level / 255.0) * light + 5 * random.nextGaussian());
                return red << 16 | green << 8 | blue;
            });
            float[] found = read(saved(photograph, format));
            sum += meanDifference(unit(digit), found);
            int paper = 0;
            for (float value : found) {
                paper += value == 0 ? 1 : 0;
            }
            assertThat(paper).as("pixels of paper in digit %d", i).isGreaterThan(480);
        }
        assertThat(sum / 10).isLessThan(0.05);
    }

    private static int enlargedLevel(byte[] digit, int x, int y) {
        boolean inside = x >= 0 && y >= 0 && x < 280 && y < 280;
        return inside ? digit[y / 10 * 28 + x / 10] & 0xFF : 0;
    }

    private static int clamped(double level) {
        return (int) Math.max(0, Math.min(255, Math.round(level)));
    }

    @Test
    void inkThatRunsOverTheBorderDoesNotTurnTheColours() throws IOException {
        byte[] digit = digit(1);
        // Cut so closely that the upper and lower edges are partly ink.
        BufferedImage tight = enlarged(digit, 10, 280, 200, 0, -40);

        assertThat(meanDifference(unit(digit), read(saved(tight, "png")))).isLessThan(0.02);
    }

    @Test
    void dirtIsNotInk() throws IOException {
        byte[] digit = digit(6);
        BufferedImage dirty = enlarged(digit, 10, 280, 280, 0, 0);
        for (int i = 0; i < 9; i++) {
            dirty.setRGB(3 + i % 3, 270 + i / 3, 0);
            dirty.setRGB(274 + i % 3, 5 + i / 3, 0x303030);
        }

        assertThat(meanDifference(unit(digit), read(saved(dirty, "png")))).isLessThan(0.005);
    }

    @Test
    void theTwoPartsOfADigitAreBothInk() throws IOException {
        BufferedImage five = rgb(100, 100, (x, y) -> {
            boolean roof = y >= 10 && y < 18 && x >= 40 && x < 70;
            boolean body = y >= 30 && y < 90 && x >= 30 && x < 38;
            return roof || body ? 0 : 0xFFFFFF;
        });

        Box box = MnistFraming.inkBox(read(saved(five, "png")), 28, 28, 0.5f);

        // 80 rows and 40 columns become 20 and 10.
        assertThat(box.height()).isEqualTo(20);
        assertThat(box.width()).isEqualTo(10);
    }

    @Test
    void aThinLineOnALargePageIsStillFullInk() throws IOException {
        BufferedImage line = rgb(900, 900, (x, y) -> Math.abs(x - y) < 2 && x > 100 && x < 800 ? 0 : 0xFFFFFF);

        float[] found = read(saved(line, "png"));

        int full = 0;
        for (float value : found) {
            full += value > 0.9 ? 1 : 0;
        }
        assertThat(full).isGreaterThan(8);
    }

    @Test
    void transparentPaperIsWhite() throws IOException {
        byte[] digit = digit(2);
        BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < digit.length; i++) {
            image.setRGB(i % 28, i / 28, (digit[i] & 0xFF) << 24);
        }

        assertThat(read(saved(image, "png"))).isEqualTo(unit(digit));
    }

    @Test
    void aPaletteIsLookedUp() throws IOException {
        byte[] digit = digit(2);
        BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_INDEXED);
        BufferedImage binary = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_BINARY);
        float[] expected = new float[digit.length];
        for (int i = 0; i < digit.length; i++) {
            int level = (digit[i] & 0xFF) > 0 ? 255 : 0;
            expected[i] = level / 255f;
            image.setRGB(i % 28, i / 28, 0xFF000000 | grey(level));
            binary.setRGB(i % 28, i / 28, 0xFF000000 | grey(255 - level));
        }

        assertThat(read(saved(image, "png"))).isEqualTo(expected);
        assertThat(read(saved(binary, "png"))).isEqualTo(expected);
    }

    /** Software puts the note after the 18 bytes of JFIF, cameras put it in their place. */
    @ParameterizedTest
    @ValueSource(ints = {2, 20})
    void aPhotographIsTurnedUprightAsItsNoteSays(int at) throws IOException {
        byte[] digit = digit(7);
        // Orientation 6: the camera was held so that the picture is to be turned right by a quarter.
        BufferedImage upright = enlarged(digit, 10, 280, 280, 0, 0);
        BufferedImage lying = rgb(280, 280, (x, y) -> upright.getRGB(279 - y, x));
        byte[] jpeg = Files.readAllBytes(saved(lying, "jpg"));
        byte[] note = {
            (byte) 0xFF,
            (byte) 0xE1,
            0,
            34,
            'E',
            'x',
            'i',
            'f',
            0,
            0,
            'M',
            'M',
            0,
            42,
            0,
            0,
            0,
            8,
            0,
            1,
            1,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            6,
            0,
            0,
            0,
            0,
            0,
            0,
        };
        ByteArrayOutputStream noted = new ByteArrayOutputStream();
        noted.write(jpeg, 0, at);
        noted.write(note);
        noted.write(jpeg, 20, jpeg.length - 20);
        Path file = Files.write(folder.resolve("noted.jpg"), noted.toByteArray());

        assertThat(meanDifference(unit(digit), read(file))).isLessThan(0.03);
        assertThat(meanDifference(unit(digit), read(folder.resolve("image.jpg"))))
                .isGreaterThan(0.1);
    }

    @Test
    void valuesComeInTheModelsRange() throws IOException {
        byte[] digit = digit(4);
        Path file = saved(greyImage(digit, BufferedImage.TYPE_BYTE_GRAY), "png");

        float[] values = FloatArrays.flat(ImageFiles.read(file, signature(28, 28, 1, new ValueRange(-1, 1))));

        float[] unit = unit(digit);
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).isEqualTo(2 * unit[i] - 1, within(1e-6f)).isBetween(-1f, 1f);
        }
    }

    @Test
    void theBoxFollowsTheModelsSize() throws IOException {
        Path file = saved(enlarged(digit(0), 10, 280, 280, 0, 0), "png");

        FloatNdArray image = ImageFiles.read(file, signature(56, 42, 1, ValueRange.UNIT));

        assertThat(image.shape().asArray()).containsExactly(1, 56, 42, 1);
        Box box = MnistFraming.inkBox(FloatArrays.flat(image), 56, 42, 0.02f);
        // 20/28 of 56 rows and of 42 columns; the aspect ratio stays, so one of them is reached.
        assertThat(box.height() == 40 || box.width() == 30).isTrue();
        assertThat(box.height()).isLessThanOrEqualTo(40);
        assertThat(box.width()).isLessThanOrEqualTo(30);
    }

    @Test
    void coloursAreOnlyScaled() throws IOException {
        BufferedImage image = rgb(3, 2, (x, y) -> (10 * x) << 16 | (100 + y) << 8 | 255);
        Path file = saved(image, "png");

        assertThat(FloatArrays.flat(ImageFiles.read(file, signature(2, 3, 3, ValueRange.UNIT))))
                .containsExactly(
                        0f,
                        100 / 255f,
                        1f,
                        10 / 255f,
                        100 / 255f,
                        1f,
                        20 / 255f,
                        100 / 255f,
                        1f, //
                        0f,
                        101 / 255f,
                        1f,
                        10 / 255f,
                        101 / 255f,
                        1f,
                        20 / 255f,
                        101 / 255f,
                        1f);
        assertThat(FloatArrays.flat(ImageFiles.read(file, signature(2, 3, 3, new ValueRange(0, 255)))))
                .startsWith(0f, 100f, 255f);
    }

    @Test
    void coloursAreResizedToTheModel() throws IOException {
        // Left half red, right half green.
        Path file = saved(rgb(40, 60, (x, y) -> x < 20 ? 0xFF0000 : 0x00FF00), "png");

        FloatNdArray image = ImageFiles.read(file, signature(6, 4, 3, ValueRange.UNIT));

        assertThat(image.shape().asArray()).containsExactly(1, 6, 4, 3);
        assertThat(image.getFloat(0, 3, 0, 0)).isCloseTo(1, within(0.02f));
        assertThat(image.getFloat(0, 3, 0, 1)).isCloseTo(0, within(0.02f));
        assertThat(image.getFloat(0, 3, 3, 0)).isCloseTo(0, within(0.02f));
        assertThat(image.getFloat(0, 3, 3, 1)).isCloseTo(1, within(0.02f));
    }

    @Test
    void greyIsThreeEqualColours() throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        WritableRaster raster = image.getRaster();
        raster.setSample(0, 0, 0, 128);

        assertThat(FloatArrays.flat(ImageFiles.read(saved(image, "png"), signature(1, 1, 3, ValueRange.UNIT))))
                .containsExactly(128 / 255f, 128 / 255f, 128 / 255f);
    }

    @Test
    void aLargeImageNeedsNoLargeMemory() throws IOException {
        byte[] digit = digit(9);
        BufferedImage large = new BufferedImage(4200, 4200, BufferedImage.TYPE_BYTE_BINARY);
        WritableRaster raster = large.getRaster();
        int[] row = new int[4200];
        for (int y = 0; y < 4200; y++) {
            for (int x = 0; x < 4200; x++) {
                row[x] = digit[y / 150 * 28 + x / 150] < 0 ? 0 : 1;
            }
            raster.setSamples(0, y, 4200, 1, 0, row);
        }
        float[] expected = new float[digit.length];
        for (int i = 0; i < digit.length; i++) {
            expected[i] = digit[i] < 0 ? 1 : 0;
        }

        assertThat(meanDifference(expected, read(saved(large, "png")))).isLessThan(0.08);
    }

    private void assertRefused(Path file, ModelSignature model, String message) {
        assertThatThrownBy(() -> ImageFiles.read(file, model))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message.replace("FILE", file.toString()));
    }

    @Test
    void refusesWhatIsNoImage() throws IOException {
        assertRefused(folder.resolve("none.png"), MNIST, "image FILE does not exist; expected a PNG or JPEG file");
        assertRefused(folder, MNIST, "FILE is a folder, expected a PNG or JPEG file");
        String notAnImage = "FILE is not an image that can be read; expected a PNG or JPEG file";
        assertRefused(Files.writeString(folder.resolve("text.png"), "hello"), MNIST, notAnImage);
        assertRefused(Files.write(folder.resolve("empty.png"), new byte[0]), MNIST, notAnImage);
        // Which a lenient reader takes for a wireless bitmap.
        assertRefused(Files.write(folder.resolve("idx"), Idx.images(10, 28, 28)), MNIST, notAnImage);
        assertRefused(saved(rgb(4, 4, (x, y) -> 0), "gif"), MNIST, notAnImage);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg"})
    void refusesATruncatedImage(String format) throws IOException {
        byte[] whole = Files.readAllBytes(saved(enlarged(digit(3), 10, 280, 280, 0, 0), format));
        for (double part : new double[] {0.1, 0.5, 0.9}) {
            Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, (int) (part * whole.length)));
            assertRefused(cut, MNIST, "image FILE cannot be decoded (");
            assertRefused(cut, MNIST, "it is damaged or of a rare kind: save it anew as PNG");
        }
    }

    @Test
    void refusesABlankPage() throws IOException {
        Random random = new Random(5);
        String blank = "image FILE is blank: no ink stands out from its paper";
        assertRefused(saved(rgb(50, 60, (x, y) -> 0xFFFFFF), "png"), MNIST, blank);
        assertRefused(saved(rgb(28, 28, (x, y) -> 0), "png"), MNIST, blank);
        assertRefused(saved(rgb(1, 1, (x, y) -> 0x808080), "png"), MNIST, blank);
        assertRefused(saved(rgb(300, 1, (x, y) -> 0x808080), "png"), MNIST, blank);
        assertRefused(
                saved(rgb(90, 90, (x, y) -> grey(clamped(200 - x - 0.5 * y + 3 * random.nextGaussian()))), "png"),
                MNIST,
                blank);
    }

    /** The head of a PNG of 20,000×10,000 pixels is enough to refuse it. */
    @Test
    void refusesAnAbsurdSizeBeforeItDecodes() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(17);
        header.put("IHDR".getBytes(StandardCharsets.US_ASCII)).putInt(20_000).putInt(10_000);
        header.put((byte) 8).put((byte) 2).put((byte) 0).put((byte) 0).put((byte) 0);
        CRC32 crc = new CRC32();
        crc.update(header.array());
        ByteBuffer file = ByteBuffer.allocate(8 + 4 + 17 + 4);
        file.putLong(0x89504E470D0A1A0AL).putInt(13).put(header.array()).putInt((int) crc.getValue());

        assertRefused(
                Files.write(folder.resolve("absurd.png"), file.array()),
                MNIST,
                "image FILE has 20000×10000 pixels, more than the 100 megapixels that are supported; scale it down");
    }

    @Test
    void refusesAModelOfOtherChannels() throws IOException {
        assertRefused(
                saved(rgb(4, 4, (x, y) -> 0), "png"),
                signature(4, 4, 2, ValueRange.UNIT),
                "model 'mnist' expects images of 2 channels; image files give 1 (grey) or 3 (red, green, blue)");
    }
}

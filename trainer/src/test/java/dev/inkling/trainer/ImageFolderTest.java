package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.ValueRange;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {

    @TempDir
    Path folder;

    private static BufferedImage image(int height, int width, int type, int... samples) {
        BufferedImage image = new BufferedImage(width, height, type);
        image.getRaster().setPixels(0, 0, width, height, samples);
        return image;
    }

    /** Grey, of 1×2 pixels. */
    private static BufferedImage grey(int left, int right) {
        return image(1, 2, BufferedImage.TYPE_BYTE_GRAY, left, right);
    }

    private Path save(String path, BufferedImage image) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        String format = path.substring(path.lastIndexOf('.') + 1);
        assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
        return file;
    }

    /** Two classes with an image each, to train on and to test with. */
    private void saveSplit() throws IOException {
        save("train/cat/1.png", grey(1, 2));
        save("train/dog/1.png", grey(3, 4));
        save("test/cat/2.png", grey(5, 6));
        save("test/dog/2.png", grey(7, 8));
    }

    private Datasets open() {
        return DataSources.open(folder.toString(), DownloadListener.SILENT);
    }

    private Datasets open(String size) {
        return DataSources.open(folder.toString(), ImageSize.parse(size), DownloadListener.SILENT);
    }

    private void refused(String format, Object... arguments) {
        assertThatThrownBy(this::open).isInstanceOf(InvalidInputException.class).hasMessage(format, arguments);
    }

    private static List<Byte> firstPixels(Dataset data) {
        return IntStream.range(0, data.size()).mapToObj(i -> data.pixels(i)[0]).toList();
    }

    @Test
    void classesAreFoldersInOrder() throws IOException {
        saveSplit();
        save("train/Ant/9.png", grey(9, 10));
        save("train/cat/0.png", grey(255, 128));
        save("test/Ant/1.png", grey(11, 12));
        Files.writeString(folder.resolve("train/.DS_Store"), "");
        Files.writeString(folder.resolve("train/cat/Thumbs.db"), "");
        Files.writeString(folder.resolve("readme.txt"), "");

        Datasets data = open();

        String name = folder.getFileName().toString();
        assertThat(data.train().name()).isEqualTo(name + "/train");
        assertThat(data.train().labels()).containsExactly("Ant", "cat", "dog");
        assertThat(data.train().channels()).isEqualTo(1);
        assertThat(data.train().height()).isEqualTo(1);
        assertThat(data.train().width()).isEqualTo(2);
        assertThat(IntStream.range(0, 4).map(data.train()::label)).containsExactly(0, 1, 1, 2);
        assertThat(data.train().pixels(1)).containsExactly(255, 128);
        assertThat(data.train().pixels(3)).containsExactly(3, 4);
        assertThat(firstPixels(data.test())).containsExactly((byte) 11, (byte) 5, (byte) 7);
    }

    @Test
    void oneColouredImageMakesAllColoured() throws IOException {
        saveSplit();
        save("test/dog/3.png", image(1, 2, BufferedImage.TYPE_INT_RGB, 10, 20, 30, 40, 50, 255));
        save("test/dog/4.png", image(1, 2, BufferedImage.TYPE_INT_RGB, 60, 60, 60, 70, 70, 70));

        Datasets data = open();

        assertThat(data.train().channels()).isEqualTo(3);
        assertThat(data.train().pixels(1)).containsExactly(3, 3, 3, 4, 4, 4);
        assertThat(data.test().pixels(2)).containsExactly(10, 20, 30, 40, 50, 255);

        Files.delete(folder.resolve("test/dog/3.png"));
        assertThat(open().train().channels())
                .as("grey pixels in a file of colours")
                .isEqualTo(1);
        assertThat(open().test().pixels(2)).containsExactly(60, 70);
    }

    @Test
    void readsAllKindsOfPngToTheExactLevel() throws IOException {
        saveSplit();
        save("train/cat/16.png", image(1, 2, BufferedImage.TYPE_USHORT_GRAY, 200 * 257, 65535));
        IndexColorModel palette =
                new IndexColorModel(2, 3, new byte[] {0, 50, 9}, new byte[] {0, 60, 9}, new byte[] {0, 70, 9});
        BufferedImage indexed = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
        indexed.getRaster().setPixels(0, 0, 2, 1, new int[] {1, 2});
        save("train/dog/palette.png", indexed);
        save("train/dog/transparent.png", image(1, 2, BufferedImage.TYPE_INT_ARGB, 1, 2, 3, 0, 100, 110, 120, 255));

        Dataset train = open().train();

        assertThat(train.pixels(1)).containsExactly(200, 200, 200, 255, 255, 255);
        assertThat(train.pixels(3)).containsExactly(50, 60, 70, 9, 9, 9);
        assertThat(train.pixels(4)).containsExactly(255, 255, 255, 100, 110, 120);
    }

    @Test
    void aSinglePixelIsAnImage() throws IOException {
        for (String file : List.of("a/1.png", "a/2.png", "b/1.png", "b/2.png")) {
            save(file, image(1, 1, BufferedImage.TYPE_BYTE_GRAY, 42));
        }

        assertThat(open().test().pixels(1)).containsExactly(42);
        assertThat(open("3x2").test().pixels(1)).containsExactly(42, 42, 42, 42, 42, 42);
    }

    @Test
    void scalesAsPredictionDoes() throws IOException {
        int[] samples = IntStream.range(0, 9 * 14 * 3).map(i -> i * 37 % 256).toArray();
        for (String file : List.of("a/1.png", "a/2.png", "b/1.png", "b/2.png")) {
            save(file, image(9, 14, BufferedImage.TYPE_INT_RGB, samples));
        }
        ModelSignature model = new ModelSignature("m", 6, 5, 3, ValueRange.UNIT, List.of("a", "b"), List.of());

        Datasets data = open("6x5");

        assertThat(data.train().height()).isEqualTo(6);
        assertThat(data.train().width()).isEqualTo(5);
        assertThat(FloatArrays.flat(data.train().images(0)))
                .isEqualTo(FloatArrays.flat(ImageFiles.read(folder.resolve("a/1.png"), model)));
        assertThat(DataSources.open(folder.toString(), model, DownloadListener.SILENT)
                        .train()
                        .sha256())
                .isEqualTo(data.train().sha256());
    }

    @Test
    void greyImagesAreColouredOnesForAModelOfColours() throws IOException {
        saveSplit();
        ModelSignature model = new ModelSignature("m", 1, 2, 3, ValueRange.UNIT, List.of("cat", "dog"), List.of());

        assertThat(DataSources.open(folder.toString(), model, DownloadListener.SILENT)
                        .test()
                        .pixels(0))
                .containsExactly(5, 5, 5, 6, 6, 6);
    }

    @Test
    void aTenthOfEachClassIsForTestingAndStaysSo() throws IOException {
        for (int i = 0; i < 40; i++) {
            save("big/" + i + ".png", grey(i, 0));
            if (i < 3) {
                save("small/" + i + ".png", grey(100 + i, 0));
            }
        }

        Datasets before = open();
        List<Byte> tested = firstPixels(before.test());

        assertThat(IntStream.range(0, before.test().size()).map(before.test()::label))
                .containsExactly(0, 0, 0, 0, 1);
        List<Byte> all = new ArrayList<>(firstPixels(before.train()));
        all.addAll(tested);
        assertThat(all).hasSize(43).doesNotHaveDuplicates();
        // Not the first ones by name: those are often of one kind.
        assertThat(tested).isNotEqualTo(List.of((byte) 0, (byte) 1, (byte) 10, (byte) 11, (byte) 100));

        save("big/new.png", grey(99, 0));
        List<Byte> after = firstPixels(open().test());
        after = new ArrayList<>(after);
        after.removeAll(tested);
        assertThat(after).as("moved by one that came").hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void sizesThatDifferNeedOne() throws IOException {
        saveSplit();
        Path odd = save("train/dog/2.png", image(2, 2, BufferedImage.TYPE_BYTE_GRAY, 1, 1, 1, 1));
        save("train/dog/3.png", image(3, 2, BufferedImage.TYPE_BYTE_GRAY, 1, 1, 1, 1, 1, 1));
        Path first = folder.resolve("train/cat/1.png");

        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(
                        "image %s is 2×2, but %s is 1×2; expected one size: scale all by --size, such as --size 1x2\n",
                        odd, first);
        assertThat(open("1x2").train().size()).isEqualTo(4);
    }

    @Test
    void largeImagesNeedASize() throws IOException {
        saveSplit();
        Path large = save("test/cat/large.png", new BufferedImage(2000, 1, BufferedImage.TYPE_BYTE_GRAY));

        refused("image %s has more than 512 pixels a side; scale all by --size, such as --size 64", large);
        assertThat(open("1x2").test().size()).isEqualTo(3);
    }

    @Test
    void refusesWhatIsNoImage() throws IOException {
        saveSplit();
        Path text = Files.writeString(folder.resolve("test/dog/notes.txt"), "not an image");
        refused("%s is not an image that can be read; expected a PNG or JPEG file", text);

        Path empty = Files.write(folder.resolve("test/cat/empty.png"), new byte[0]);
        refused(
                "%s is not an image that can be read; expected a PNG or JPEG file%n%s is not an image that can be read; expected"
                                .replace("%n", "\n")
                        + " a PNG or JPEG file",
                empty,
                text);

        for (int i = 0; i < 3; i++) {
            Files.write(folder.resolve("train/cat/bad" + i + ".jpg"), new byte[] {1, 2, 3});
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(folder.resolve("train/cat/bad0.jpg") + " is not an image")
                .hasMessageEndingWith("\nand 2 more of 9 files");
    }

    @Test
    void refusesATruncatedImage() throws IOException {
        saveSplit();
        int[] noise =
                IntStream.range(0, 64 * 64).map(i -> i * 2654435 >>> 5 & 0xFF).toArray();
        for (String format : List.of("png", "jpg")) {
            Path file = save("test/dog/cut." + format, image(64, 64, BufferedImage.TYPE_BYTE_GRAY, noise));
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

            assertThatThrownBy(() -> open("4"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("image " + file + " cannot be decoded (")
                    .hasMessageEndingWith("; it is damaged or of a rare kind: save it anew as PNG");
            Files.delete(file);
        }
    }

    @Test
    void refusesABombByItsHeader() throws IOException {
        saveSplit();
        Path file = folder.resolve("test/dog/bomb.png");
        byte[] png = Files.readAllBytes(folder.resolve("test/dog/2.png"));
        // Width and height in the header chunk, and its checksum.
        ByteBuffer.wrap(png).putInt(16, 60_000).putInt(20, 60_000);
        CRC32 crc = new CRC32();
        crc.update(png, 12, 17);
        ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
        Files.write(file, png);

        refused(
                "image %s has 60000×60000 pixels, more than the 100 megapixels that are supported; scale it down",
                file);
    }

    @Test
    void refusesUselessFolders() throws IOException {
        saveSplit();
        Path empty = Files.createDirectory(folder.resolve("train/emu"));
        Files.createDirectory(folder.resolve("test/emu"));
        refused("folder %s is empty; put images of class 'emu' there, or remove it", empty);

        Files.delete(folder.resolve("test/emu"));
        refused(
                "the classes in %s are cat, dog, emu, in %s cat, dog; expected the same",
                folder.resolve("train"), folder.resolve("test"));

        Files.delete(empty);
        Path within = Files.createDirectory(folder.resolve("train/cat/kittens"));
        refused(
                "%s is a folder within the folder of class 'cat'; expected images only: a class is one folder, without others in"
                        + " it",
                within);
    }

    @Test
    void oneClassIsNone() throws IOException {
        save("cat/1.png", grey(1, 2));
        refused("folder %s has 1 sub-folders (cat); expected 2 to 256, one per class", folder);

        save("dog/1.png", grey(1, 2));
        refused(
                "folder %s has 1 image; expected at least 2, one to train on and one to test with",
                folder.resolve("cat"));
    }

    @Test
    void linksThatLeadNowhereAreToldOf() throws IOException {
        saveSplit();
        Path loop = folder.resolve("train/cat/loop.png");
        Files.createSymbolicLink(loop, loop);
        refused("%s is a link that leads nowhere, or back to itself; repair or remove it", loop);

        Files.delete(loop);
        Path lost = Files.createSymbolicLink(folder.resolve("train/lost"), folder.resolve("nowhere"));
        refused("%s is a link that leads nowhere, or back to itself; repair or remove it", lost);

        Files.delete(lost);
        Path circle = Files.createSymbolicLink(folder.resolve("train/cat/circle"), folder.resolve("train"));
        refused(
                "%s is a folder within the folder of class 'cat'; expected images only: a class is one folder, without others in"
                        + " it",
                circle);

        Files.delete(circle);
        Files.createSymbolicLink(folder.resolve("train/cat/good.png"), folder.resolve("test/cat/2.png"));
        assertThat(open().train().size()).isEqualTo(3);
    }

    @Test
    void refusesAFileThatMayNotBeRead() throws IOException {
        saveSplit();
        Path file = folder.resolve("test/dog/2.png");
        assumeThat(file.toFile().setReadable(false) && !Files.isReadable(file))
                .as("some file systems and users know no such thing")
                .isTrue();

        refused("image %s cannot be opened; may you read it?", file);
    }
}

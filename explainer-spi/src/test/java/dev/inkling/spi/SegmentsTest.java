package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentsTest {

    @Test
    void pixelsAreAllByThemselves() {
        assertThat(Segments.valueOf("pixels").of(signature(2, 3, 2), new float[12], 0))
                .containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void aGridOfEqualCells() {
        assertThat(Segments.valueOf("grid:2x3").of(signature(4, 6, 1), new float[24], 0))
                .containsExactly(
                        0, 0, 1, 1, 2, 2, //
                        0, 0, 1, 1, 2, 2, //
                        3, 3, 4, 4, 5, 5, //
                        3, 3, 4, 4, 5, 5);
    }

    @Test
    void aGridThatDoesNotDivideTheImage() {
        assertThat(Segments.valueOf("grid:1x3").of(signature(1, 7, 1), new float[7], 0))
                .containsExactly(0, 0, 0, 1, 1, 2, 2);
        assertThat(Segments.valueOf("grid:9").of(signature(2, 3, 1), new float[6], 0))
                .containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void aMaskIsNumberedInReadingOrder() {
        assertThat(Segments.mask(7, 7, -1, 3, 7, 3).of(signature(2, 3, 1), new float[6], 0))
                .containsExactly(0, 0, 1, 2, 0, 2);
    }

    @Test
    void theMostSegmentsOfAnImage() {
        ModelSignature signature = signature(6, 5, 3);
        assertThat(Segments.valueOf("pixels").most(signature)).isEqualTo(30);
        assertThat(Segments.valueOf("grid:4x7").most(signature)).isEqualTo(20);
        assertThat(Segments.valueOf("strokes").most(signature)).isEqualTo(30);
        assertThat(Segments.mask(5, 5, 8).most(signature)).isEqualTo(2);
    }

    @Test
    void whatIsTypedIsWrittenBack() {
        for (String text : List.of("pixels", "grid:4", "grid:4x7", "strokes", "strokes:8")) {
            assertThat(Segments.valueOf(text)).hasToString(text).isEqualTo(Segments.valueOf(text));
        }
        assertThat(Segments.mask(1, 2)).isEqualTo(Segments.mask(4, 3)).isNotEqualTo(Segments.mask(1, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "grid", "slic", "strokes:", "strokes:-1", "Pixels"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> Segments.valueOf(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "expected segments such as pixels, grid:7 (cells a side), grid:4x7 (rows x columns of cells),"
                                + " strokes or strokes:8 (length of a piece in pixels), found '" + text + "'");
    }

    @Test
    void aGridWithoutCellsIsRefused() {
        assertThatThrownBy(() -> Segments.valueOf("grid:0")).hasMessage("extent is 0x0, expected at least 1x1");
        assertThatThrownBy(() -> Segments.valueOf("grid:x")).hasMessageContaining("expected an extent such as 4");
    }

    @Test
    void aStrokeIsCutAcross() {
        int[] labels = strokes(
                4,
                "............",
                "............",
                ".####.......", // too short for two pieces
                "............",
                "............",
                "............",
                "#########...",
                "............",
                "............",
                "............",
                "............",
                "............");
        assertThat(distinct(labels, 12, 2, 1, 5)).hasSize(1);
        int[] second = Arrays.copyOfRange(labels, 6 * 12, 6 * 12 + 9);
        assertThat(second).isSorted();
        assertThat(distinct(labels, 12, 6, 0, 9)).hasSizeBetween(2, 3);
        assertThat(distinct(labels, 12, 2, 1, 5)).doesNotContainAnyElementsOf(distinct(labels, 12, 6, 0, 9));
    }

    /** By air the legs of this hairpin are two pixels apart, along the ink their ends are twenty. */
    @Test
    void strokesThatPassCloseByStayApart() {
        int[] labels = strokes(
                6,
                "............",
                ".##########.",
                "..........#.",
                ".##########.",
                "............",
                "............",
                "............",
                "............",
                "............",
                "............",
                "............",
                "............");
        assertThat(distinct(labels, 12, 1, 1, 7)).doesNotContainAnyElementsOf(distinct(labels, 12, 3, 1, 7));
    }

    @Test
    void aHoleIsNotTheBackgroundAround() {
        int[] labels = strokes(
                4,
                "............",
                "............",
                "............",
                "....####....",
                "....#..#....",
                "....#..#....",
                "....#..#....",
                "....####....",
                "............",
                "............",
                "............",
                "............");
        int hole = labels[4 * 12 + 5];
        for (int i = 0; i < labels.length; i++) {
            boolean inside = i / 12 >= 4 && i / 12 <= 6 && (i % 12 == 5 || i % 12 == 6);
            assertThat(labels[i] == hole).as("pixel %d", i).isEqualTo(inside);
        }
    }

    @Test
    void aSoftEdgeJoinsItsStroke() {
        ModelSignature signature = signature(20, 9, 1);
        float[] pixels = new float[180];
        for (int x = 0; x < 9; x++) {
            pixels[x] = 0.02f;
            pixels[9 + x] = 0.3f;
            pixels[18 + x] = 1;
            pixels[27 + x] = 0.3f;
        }
        int[] labels = Segments.valueOf("strokes:20").of(signature, pixels, 0);
        assertThat(distinct(labels, 9, 1, 0, 9)).hasSize(1).isEqualTo(distinct(labels, 9, 2, 0, 9));
        assertThat(distinct(labels, 9, 3, 0, 9)).isEqualTo(distinct(labels, 9, 2, 0, 9));
        assertThat(distinct(labels, 9, 4, 0, 9)).doesNotContain(labels[18]);
    }

    /** Dark on light is the same drawing, and so is the same in three channels or further on in a batch. */
    @Test
    void onlyTheDrawingCounts() {
        String[] drawing = {
            "............", "..#######...", ".........#..", ".........#..", "...#####....", ".........#..",
            ".........#..", ".........#..", "..######....", "............", "............", "............"
        };
        int[] labels = strokes(4, drawing);
        float[] light = pixels(drawing);
        float[] dark = new float[3 * light.length + 5];
        for (int i = 0; i < 3 * light.length; i++) {
            dark[i + 5] = 1 - light[i / 3];
        }
        assertThat(Segments.valueOf("strokes:4").of(signature(12, 12, 3), dark, 5))
                .isEqualTo(labels);
    }

    @Test
    void aShorterLengthMakesMorePieces() {
        String[] line = {"....................", ".##################.", "...................."};
        assertThat(distinct(strokes(3, line), 20, 1, 1, 19).size())
                .isGreaterThan(distinct(strokes(9, line), 20, 1, 1, 19).size());
    }

    @Test
    void anEmptyImageIsAGrid() {
        assertThat(Segments.valueOf("strokes").of(signature(8, 8, 1), new float[64], 0))
                .isEqualTo(Segments.valueOf("grid:4").of(signature(8, 8, 1), new float[64], 0));
    }

    /** Numbers from 0, in reading order, none left out, and each segment of ink hangs together, on whatever image. */
    @ParameterizedTest
    @ValueSource(strings = {"pixels", "grid:3x2", "strokes", "strokes:2"})
    void everyPixelHasASegment(String text) {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 20; round++) {
            ModelSignature signature = signature(1 + random.nextInt(9), 1 + random.nextInt(9), 2);
            float[] pixels = new float[signature.imageSize()];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = random.nextInt(3) == 0 ? random.nextFloat() : 0;
            }
            int[] labels = Segments.valueOf(text).of(signature, pixels, 0);
            assertThat(labels).hasSize(signature.height() * signature.width());
            int seen = -1;
            for (int label : labels) {
                assertThat(label).isBetween(0, seen + 1);
                seen = Math.max(seen, label);
            }
            assertThat(seen).isLessThan(Segments.valueOf(text).most(signature));
        }
    }

    private static int[] strokes(int length, String... rows) {
        return Segments.valueOf("strokes:" + length).of(signature(rows.length, rows[0].length(), 1), pixels(rows), 0);
    }

    private static float[] pixels(String... rows) {
        String all = String.join("", rows);
        float[] pixels = new float[all.length()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = all.charAt(i) == '#' ? 1 : 0;
        }
        return pixels;
    }

    /** The labels of columns [from, to) of a row. */
    private static TreeSet<Integer> distinct(int[] labels, int width, int row, int from, int to) {
        TreeSet<Integer> distinct = new TreeSet<>();
        for (int x = from; x < to; x++) {
            distinct.add(labels[row * width + x]);
        }
        return distinct;
    }

    private static ModelSignature signature(int height, int width, int channels) {
        return new ModelSignature(
                "blank", height, width, channels, ModelSignature.ValueRange.UNIT, List.of("a", "b"), List.of());
    }
}

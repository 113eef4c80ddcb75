package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AugmentationTest {

    private static final int SIDE = 28;

    /** A stroke of about a digit's size in the middle of the image, symmetric in nothing. */
    private static float[] stroke() {
        float[] image = new float[SIDE * SIDE];
        for (int y = 7; y < 21; y++) {
            for (int x = 9; x < 9 + (y < 12 ? 9 : 4); x++) {
                image[y * SIDE + x] = 0.25f + 0.03f * (y + x - 16);
            }
        }
        return image;
    }

    private static float[] warped(Warp warp, float[] image, long seed) {
        SamplingGrid grid = new SamplingGrid(SIDE, SIDE);
        grid.reset();
        warp.move(grid, new SplittableRandom(seed));
        float[] into = new float[image.length];
        grid.sample(image, 0, 1, into, 0);
        return into;
    }

    private static double mass(float[] image) {
        double sum = 0;
        for (float value : image) {
            sum += value;
        }
        return sum;
    }

    /** Mean position of the ink: row, column. */
    private static double[] centre(float[] image) {
        double row = 0;
        double column = 0;
        for (int i = 0; i < image.length; i++) {
            row += image[i] * (i / SIDE);
            column += image[i] * (i % SIDE);
        }
        return new double[] {row / mass(image), column / mass(image)};
    }

    private static Stream<Arguments> warpsAtZero() {
        return Stream.of(
                Arguments.of("rotation", Warp.rotation(0)),
                Arguments.of("translation", Warp.translation(0)),
                Arguments.of("scale", Warp.scale(0)),
                Arguments.of("shear", Warp.shear(0)),
                Arguments.of("flip", Warp.flip(0)),
                Arguments.of("elastic", new ElasticDeformation(0, 4)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("warpsAtZero")
    void strengthZeroIsTheIdentity(String name, Warp warp) {
        assertThat(warped(warp, stroke(), 3)).isEqualTo(stroke());
    }

    private static Stream<Arguments> warps() {
        return Stream.of(
                // Mass changes with the area only: not by turning, moving or slanting, by at most 1.2² by scaling.
                Arguments.of("rotation", Warp.rotation(15), 0.02),
                Arguments.of("translation", Warp.translation(0.1), 0.001),
                Arguments.of("scale", Warp.scale(0.2), 0.46),
                Arguments.of("shear", Warp.shear(15), 0.02),
                Arguments.of("flip", Warp.flip(1), 1e-6),
                Arguments.of("elastic", new ElasticDeformation(34, 4), 0.5));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("warps")
    void massAndBoundsStaySane(String name, Warp warp, double share) {
        float[] image = stroke();
        for (int seed = 0; seed < 50; seed++) {
            float[] changed = warped(warp, image, seed);
            assertThat(mass(changed)).as("seed %d", seed).isCloseTo(mass(image), within(share * mass(image)));
            for (float value : changed) {
                assertThat(value).isBetween(0f, 1f);
            }
            assertThat(changed).as("seed %d", seed).isNotEqualTo(image);
            assertThat(warped(warp, image, seed)).isEqualTo(changed);
        }
    }

    /** A quarter turn takes the pixel at (row, column) from (column, 27 − row), whichever way it goes. */
    @Test
    void rotationByNinetyDegreesPermutesPixels() {
        float[] image = stroke();
        SamplingGrid grid = new SamplingGrid(SIDE, SIDE);
        grid.reset();
        grid.transform(0, -1, 1, 0);
        float[] turned = new float[image.length];
        grid.sample(image, 0, 1, turned, 0);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                assertThat(turned[y * SIDE + x]).isEqualTo(image[(SIDE - 1 - x) * SIDE + y]);
            }
        }
    }

    /** Angles and shifts are spread over the whole range and centred: largest, smallest and mean of many draws. */
    @Test
    void drawsAreUniformInTheirRange() {
        SamplingGrid grid = new SamplingGrid(SIDE, SIDE);
        SplittableRandom random = new SplittableRandom(1);
        double[] angles = new double[2000];
        double[] shifts = new double[2000];
        double[] factors = new double[2000];
        for (int i = 0; i < angles.length; i++) {
            grid.reset();
            Warp.rotation(20).move(grid, random);
            // The direction from the left to the right end of the first row.
            angles[i] = Math.toDegrees(
                    Math.atan2(grid.rows()[SIDE - 1] - grid.rows()[0], grid.columns()[SIDE - 1] - grid.columns()[0]));
            grid.reset();
            Warp.translation(0.25).move(grid, random);
            shifts[i] = grid.rows()[0];
            grid.reset();
            Warp.scale(0.5).move(grid, random);
            factors[i] = Math.log((SIDE - 1) / (grid.columns()[SIDE - 1] - grid.columns()[0]));
        }
        for (double[] draws : new double[][] {angles, shifts, factors}) {
            double most = draws == angles ? 20 : draws == shifts ? 7 : Math.log(1.5);
            assertThat(Arrays.stream(draws).max().orElseThrow()).isBetween(0.98 * most, most + 1e-4);
            assertThat(Arrays.stream(draws).min().orElseThrow()).isBetween(-most - 1e-4, -0.98 * most);
            assertThat(Arrays.stream(draws).average().orElseThrow()).isCloseTo(0, within(0.05 * most));
        }
    }

    @Test
    void shearSlantsRowsAndKeepsColumnsOfThePixelRows() {
        SamplingGrid grid = new SamplingGrid(SIDE, SIDE);
        grid.reset();
        Warp.shear(30).move(grid, new SplittableRandom(4));
        assertThat(grid.rows()[5 * SIDE + 3]).isEqualTo(5);
        float perRow = grid.columns()[SIDE] - grid.columns()[0];
        assertThat(Math.abs(perRow)).isBetween(0.001f, (float) Math.tan(Math.toRadians(30)));
        assertThat(grid.columns()[10 * SIDE] - grid.columns()[0]).isCloseTo(10 * perRow, within(1e-4f));
    }

    @Test
    void flipMirrorsWithItsProbability() {
        float[] image = stroke();
        int flipped = 0;
        for (int seed = 0; seed < 1000; seed++) {
            float[] changed = warped(Warp.flip(0.3), image, seed);
            if (!Arrays.equals(changed, image)) {
                flipped++;
                assertThat(changed[8 * SIDE + 10]).isEqualTo(image[8 * SIDE + 17]);
            }
        }
        assertThat(flipped).isBetween(250, 350);
    }

    /** The class's formula: α / (√12 · √π · σ) pixels on each axis, neighbours alike, both axes apart. */
    @Test
    void elasticDisplacementsHaveTheSizeTheySay() {
        double squares = 0;
        double neighbours = 0;
        double across = 0;
        int count = 0;
        ElasticDeformation elastic = new ElasticDeformation(34, 4);
        SamplingGrid grid = new SamplingGrid(SIDE, SIDE);
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < 300; i++) {
            grid.reset();
            elastic.move(grid, random);
            for (int p = 0; p < SIDE * SIDE - 1; p++) {
                double down = grid.rows()[p] - p / SIDE;
                double right = grid.columns()[p] - p % SIDE;
                squares += down * down + right * right;
                across += down * right;
                if (p % SIDE < SIDE - 1) {
                    double next = grid.rows()[p + 1] - p / SIDE;
                    neighbours += (next - down) * (next - down);
                }
                count++;
            }
        }
        double expected = 34 / (Math.sqrt(12) * Math.sqrt(Math.PI) * 4);
        assertThat(Math.sqrt(squares / count / 2)).isCloseTo(expected, within(0.05 * expected));
        assertThat(Math.sqrt(neighbours / count)).isLessThan(0.25 * expected);
        assertThat(Math.abs(across / count)).isLessThan(0.1 * expected * expected);
    }

    /** Half a pixel between 0 and 1 is a half, in every channel; and the border goes on beyond the border. */
    @Test
    void samplingIsBilinear() {
        float[] image = {0, 10, 1, 20, 2, 30, 3, 40};
        SamplingGrid grid = new SamplingGrid(2, 2);
        grid.reset();
        grid.shift(0.5, 0.25);
        float[] into = new float[9];
        grid.sample(image, 0, 2, into, 1);
        assertThat(into).containsExactly(0, 1.25f, 22.5f, 2, 30, 2.25f, 32.5f, 3, 40);
    }

    @Test
    void erasingOverwritesOneRectangleOfTheShareItSays() {
        int erased = 0;
        for (int seed = 0; seed < 400; seed++) {
            float[] images = new float[2 * SIDE * SIDE * 3];
            Arrays.fill(images, 2);
            new RandomErasing(0.5).erase(images, SIDE * SIDE * 3, SIDE, SIDE, 3, new SplittableRandom(seed));
            int top = SIDE;
            int left = SIDE;
            int bottom = -1;
            int right = -1;
            int changed = 0;
            for (int i = 0; i < images.length; i++) {
                if (images[i] != 2) {
                    assertThat(i).isGreaterThanOrEqualTo(SIDE * SIDE * 3);
                    assertThat(images[i]).isBetween(0f, 1f);
                    int pixel = (i - SIDE * SIDE * 3) / 3;
                    top = Math.min(top, pixel / SIDE);
                    bottom = Math.max(bottom, pixel / SIDE);
                    left = Math.min(left, pixel % SIDE);
                    right = Math.max(right, pixel % SIDE);
                    changed++;
                }
            }
            if (changed > 0) {
                erased++;
                assertThat(changed).isEqualTo((bottom - top + 1) * (right - left + 1) * 3);
                assertThat(changed / (SIDE * SIDE * 3.0)).isBetween(0.015, 0.36);
            }
        }
        assertThat(erased).isBetween(160, 240);
    }

    @Test
    void erasingWithProbabilityZeroAndOfTheSmallestImageDoesNothing() {
        float[] image = stroke();
        for (int seed = 0; seed < 100; seed++) {
            new RandomErasing(0).erase(image, 0, SIDE, SIDE, 1, new SplittableRandom(seed));
        }
        assertThat(image).isEqualTo(stroke());
        float[] tiny = {0.5f};
        new RandomErasing(1).erase(tiny, 0, 1, 1, 1, new SplittableRandom(1));
        assertThat(tiny).containsExactly(0.5f);
    }

    /** What an image becomes depends on the seed, the epoch and its index, and on nothing before it. */
    @Test
    void anImagesChangeIsAFunctionOfSeedEpochAndIndex() {
        AugmentationSettings settings = new AugmentationSettings(10, 0.1, 0.1, 10, 30, 4, 0.5, 0.5);
        Augmenter augmenter = new Augmenter(settings, SIDE, SIDE, 1, 5);
        float[] expected = stroke();
        augmenter.apply(expected, 0, 2, 77);
        augmenter.apply(stroke(), 0, 1, 3);
        float[] batch = new float[3 * SIDE * SIDE];
        System.arraycopy(stroke(), 0, batch, SIDE * SIDE, SIDE * SIDE);
        new Augmenter(settings, SIDE, SIDE, 1, 5).apply(batch, SIDE * SIDE, 2, 77);
        assertThat(Arrays.copyOfRange(batch, SIDE * SIDE, 2 * SIDE * SIDE)).isEqualTo(expected);
        assertThat(mass(Arrays.copyOfRange(batch, 2 * SIDE * SIDE, batch.length)))
                .isZero();
        for (long[] other : new long[][] {{6, 2, 77}, {5, 3, 77}, {5, 2, 78}}) {
            float[] image = stroke();
            new Augmenter(settings, SIDE, SIDE, 1, other[0]).apply(image, 0, (int) other[1], (int) other[2]);
            assertThat(image).isNotEqualTo(expected);
        }
    }

    @Test
    void warpsAreResampledOnce() {
        // There and back: had each warp its own resampling, the edges would be soft.
        float[] image = stroke();
        SamplingGrid grid = new SamplingGrid(SIDE, SIDE);
        grid.reset();
        grid.shift(0.5, 0.5);
        grid.shift(-0.5, -0.5);
        float[] into = new float[image.length];
        grid.sample(image, 0, 1, into, 0);
        assertThat(into).isEqualTo(image);
        assertThat(centre(into)).isEqualTo(centre(image));
    }

    @Test
    void noneChangesNothing() {
        float[] image = stroke();
        new Augmenter(AugmentationSettings.NONE, SIDE, SIDE, 1, 1).apply(image, 0, 1, 1);
        assertThat(image).isEqualTo(stroke());
        assertThat(AugmentationSettings.NONE.warps()).isEmpty();
    }
}

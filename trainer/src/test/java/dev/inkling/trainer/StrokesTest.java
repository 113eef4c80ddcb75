package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.trainer.MnistFraming.Box;
import dev.inkling.trainer.Strokes.Digit;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StrokesTest {

    private static final int SIDE = Strokes.SIDE;

    private static float[] levels(byte[] pixels) {
        float[] levels = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            levels[i] = pixels[i] & 0xFF;
        }
        return levels;
    }

    /** Published models and reports name data by this hash: when it changes, say so in the release notes. */
    @Test
    void theSameDigitsOnEveryPlatform() {
        assertThat(new Strokes(1).dataset("strokes", 1000).sha256())
                .isEqualTo("1bb5c90e0a3e49f351f74da614f377f27e2a5012e71e965d0e32d719faf844d8");
    }

    @Test
    void aDigitFollowsFromSeedAndIndexAlone() {
        Dataset many = new Strokes(5).dataset("many", 100);
        Strokes strokes = new Strokes(5);
        Digit late = strokes.digit(73);
        strokes.digit(8);

        assertThat(late.pixels())
                .isEqualTo(many.pixels(73))
                .isEqualTo(strokes.digit(73).pixels());
        assertThat(late.label()).isEqualTo(many.label(73)).isEqualTo(3);
        assertThat(new Strokes(6).digit(73).pixels()).isNotEqualTo(late.pixels());
    }

    @Test
    void noTwoDigitsAreAlikeEvenOfNeighbouringSeeds() {
        Set<String> seen = new HashSet<>();
        for (long seed : new long[] {-10, 0, 1, 10, 20}) {
            Dataset digits = new Strokes(seed).dataset("digits", 200);
            for (int i = 0; i < 200; i++) {
                seen.add(new String(digits.pixels(i), StandardCharsets.ISO_8859_1));
            }
        }

        assertThat(seen).hasSize(1000);
    }

    @Test
    void theMaskIsExactlyWhereThereIsInk() {
        for (int i = 0; i < 200; i++) {
            Digit digit = new Strokes(2).digit(i);
            int ink = 0;
            for (int p = 0; p < SIDE * SIDE; p++) {
                assertThat(digit.ink()[p]).isEqualTo(digit.pixels()[p] != 0);
                ink += digit.ink()[p] ? 1 : 0;
            }
            assertThat(ink).as("pixels with ink in digit %d", i).isBetween(25, 350);
        }
    }

    /** As measured on MNIST itself: the longer side is 20, the centre of mass within half a pixel of (14, 14). */
    @Test
    void digitsAreFramedAsMnistIs() {
        int atTheEdge = 0;
        Strokes strokes = new Strokes(3);
        for (int i = 0; i < 2000; i++) {
            float[] levels = levels(strokes.digit(i).pixels());
            Box box = MnistFraming.inkBox(levels, SIDE, SIDE, 0);
            assertThat(Math.max(box.height(), box.width())).isEqualTo(20);
            double[] centre = MnistFraming.centreOfMass(levels, SIDE, box);
            double off = Math.max(Math.abs(box.top() + centre[0] - 14), Math.abs(box.left() + centre[1] - 14));
            if (off > 0.5 + 1e-6) {
                atTheEdge++;
                assertThat(box.top() == 0
                                || box.left() == 0
                                || box.top() + box.height() == SIDE
                                || box.left() + box.width() == SIDE)
                        .as("digit %d is off by %s without need", i, off)
                        .isTrue();
            }
        }
        assertThat(atTheEdge).isLessThan(10);
    }

    @Test
    void inkIsFullAndAsMuchAsInMnist() {
        double[] mass = new double[10];
        Strokes strokes = new Strokes(4);
        for (int i = 0; i < 2000; i++) {
            Digit digit = strokes.digit(i);
            float most = 0;
            for (float level : levels(digit.pixels())) {
                most = Math.max(most, level);
                mass[digit.label()] += level / 255 / 200;
            }
            assertThat(most).isGreaterThan(220);
        }

        // Mean ink per digit over MNIST's 60,000 training images, in pixels.
        double[] mnist = {135.9, 59.6, 116.8, 111.0, 95.2, 100.9, 107.6, 89.8, 117.7, 96.1};
        for (int label = 0; label < 10; label++) {
            assertThat(mass[label]).as("digit %d", label).isBetween(0.8 * mnist[label], 1.2 * mnist[label]);
        }
    }

    /** The nearest of 2,000 drawn digits names 200 others right: classes differ, and no class is drawn as another. */
    @Test
    void theClassesCanBeToldApart() {
        Dataset known = new Strokes(1).dataset("known", 2000);
        Dataset asked = new Strokes(2).dataset("asked", 200);
        float[] values = new float[2000 * SIDE * SIDE];
        known.copyImages(IntStream.range(0, 2000).toArray(), 0, 2000, values);
        float[] question = new float[SIDE * SIDE];
        int right = 0;
        for (int i = 0; i < asked.size(); i++) {
            asked.copyImages(new int[] {i}, 0, 1, question);
            float nearest = Float.MAX_VALUE;
            int answer = -1;
            for (int k = 0; k < known.size(); k++) {
                float distance = 0;
                for (int p = 0; p < question.length; p++) {
                    float difference = values[k * question.length + p] - question[p];
                    distance += difference * difference;
                }
                if (distance < nearest) {
                    nearest = distance;
                    answer = known.label(k);
                }
            }
            right += answer == asked.label(i) ? 1 : 0;
        }

        assertThat(right).isGreaterThan(180);
    }

    @Test
    void anyDigitCanBeAskedFor() {
        assertThat(new Strokes(1).digit(4, 7).label()).isEqualTo(7);
        assertThat(new Strokes(1).digit(17).pixels())
                .isEqualTo(new Strokes(1).digit(17, 7).pixels());
        assertThatThrownBy(() -> new Strokes(1).digit(0, 10))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("there is no digit 10 to draw; expected 0 to 9");
        assertThatThrownBy(() -> new Strokes(1).digit(-1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("digit -1 does not exist; expected an index of at least 0");
    }
}

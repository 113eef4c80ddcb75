package dev.inkling.model.incremental;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against a simulation, place by place. */
class CropsTest {

    /** Whether an output place sees an input place, by definition. */
    private static boolean sees(ReceptiveField field, int output, int input) {
        int first = output * field.stride() - field.padding();
        return input >= first && input < first + field.size();
    }

    @Test
    void countsOutputsAsTensorFlowDoes() {
        assertThat(ReceptiveField.same(3, 1, 28)).isEqualTo(new ReceptiveField(3, 1, 1, 28, 28));
        assertThat(ReceptiveField.same(3, 2, 28)).isEqualTo(new ReceptiveField(3, 2, 0, 28, 14));
        assertThat(ReceptiveField.same(3, 2, 27)).isEqualTo(new ReceptiveField(3, 2, 1, 27, 14));
        assertThat(ReceptiveField.same(7, 2, 224)).isEqualTo(new ReceptiveField(7, 2, 2, 224, 112));
        assertThat(ReceptiveField.same(1, 2, 9)).isEqualTo(new ReceptiveField(1, 2, 0, 9, 5));
        assertThat(ReceptiveField.valid(3, 1, 28)).isEqualTo(new ReceptiveField(3, 1, 0, 28, 26));
        assertThat(ReceptiveField.valid(2, 2, 7)).isEqualTo(new ReceptiveField(2, 2, 0, 7, 3));
    }

    @Test
    void knowsWhichFieldsStayInside() {
        assertThat(ReceptiveField.same(2, 2, 8).staysInside()).isTrue();
        assertThat(ReceptiveField.same(2, 2, 7).staysInside()).isFalse();
        assertThat(ReceptiveField.same(3, 2, 8).staysInside()).isFalse();
        assertThat(ReceptiveField.valid(2, 2, 7).staysInside()).isTrue();
    }

    /** Two 3×3 convolutions and a pool over 12 places, of which the sixth changes in one row and the last in the other. */
    @Test
    void growsThroughConvolutionsAndShrinksThroughPools() {
        List<ReceptiveField> fields =
                List.of(ReceptiveField.same(3, 1, 12), ReceptiveField.same(3, 1, 12), ReceptiveField.valid(2, 2, 12));
        Crops crops = Crops.of(fields, new int[] {5, 11}, new int[] {6, 12});
        // Places 3 to 7 after the convolutions, 1 to 3 after the pool, for which 2 to 7 are needed before.
        assertThat(crops.sizes()).containsExactly(10, 8, 6, 3);
        assertThat(crops.origins()).isDeepEqualTo(new int[][] {{0, 4}, {1, 5}, {2, 6}, {1, 3}});
        assertThat(crops.exceed(0, 12)).isTrue();
        assertThat(crops.exceed(1, 12)).isTrue();
        assertThat(crops.exceed(2, 12)).isFalse();
    }

    @Test
    void holdsAllThatChangesAndAllThatIsSeen() {
        Random random = new Random(7);
        for (int trial = 0; trial < 2000; trial++) {
            int inputs = 6 + random.nextInt(20);
            List<ReceptiveField> fields = new ArrayList<>();
            int places = inputs;
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                int size = 1 + random.nextInt(4);
                int stride = 1 + random.nextInt(3);
                if (size > places) {
                    break;
                }
                ReceptiveField field = random.nextBoolean()
                        ? ReceptiveField.same(size, stride, places)
                        : ReceptiveField.valid(size, stride, places);
                fields.add(field);
                places = field.outputs();
            }
            if (!fields.isEmpty()) {
                check(fields, random);
            }
        }
    }

    private static void check(List<ReceptiveField> fields, Random random) {
        int rows = 3;
        int inputs = fields.get(0).inputs();
        int[] from = new int[rows];
        int[] to = new int[rows];
        for (int row = 0; row < rows; row++) {
            from[row] = random.nextInt(inputs);
            to[row] = Math.min(inputs, from[row] + random.nextInt(5));
        }
        Crops crops = Crops.of(fields, from, to);
        int levels = fields.size();
        for (int row = 0; row < rows; row++) {
            boolean[] changed = new boolean[inputs];
            for (int i = from[row]; i < to[row]; i++) {
                changed[i] = true;
            }
            for (int level = 0; level < levels; level++) {
                ReceptiveField field = fields.get(level);
                boolean[] next = new boolean[field.outputs()];
                int origin = crops.origins()[level][row];
                int end = origin + crops.sizes()[level];
                for (int output = 0; output < next.length; output++) {
                    int outputOrigin = crops.origins()[level + 1][row];
                    boolean held = output >= outputOrigin && output < outputOrigin + crops.sizes()[level + 1];
                    for (int input = 0; input < changed.length; input++) {
                        if (sees(field, output, input)) {
                            next[output] |= changed[input];
                            assertThat(!held || input >= origin && input < end)
                                    .as("place %s of step %s is seen: %s", input, level, fields)
                                    .isTrue();
                        }
                    }
                }
                changed = next;
            }
            int origin = crops.origins()[levels][row];
            assertThat(origin).isBetween(0, changed.length - crops.sizes()[levels]);
            for (int i = 0; i < changed.length; i++) {
                boolean held = i >= origin && i < origin + crops.sizes()[levels];
                assertThat(held || !changed[i])
                        .as("place %s changes: %s", i, fields)
                        .isTrue();
            }
        }
    }
}

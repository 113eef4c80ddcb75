package ${package};

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Targets;
import dev.inkling.tck.LinearModel;
import org.junit.jupiter.api.Test;

/** The numbers, which no contract can know. */
class ${className}Test {

    /** logits = Wᵀx: the gradient of logit k is column k of W, so that the map is worked out by hand. */
    @Test
    void gradientTimesDistanceFromTheLevel() {
        LinearModel model = new LinearModel(1, 2, 1, new float[][] {{2, 5}, {-3, 7}}, new float[2]);

        Attribution map = new ${className}(new ${className}.Options(0.5))
                .explain(model, FloatArrays.of(new float[] {1, 0.25f}, 1, 1, 2, 1), Targets.classes(2, 0));

        assertArrayEquals(new float[] {2 * 0.5f, -3 * -0.25f}, FloatArrays.flat(map.values()));
    }
}

package dev.inkling.model.saved;

import static dev.inkling.model.saved.ForeignFixture.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.spi.ModelSignature.ValueRange;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.VersionDef;

class PixelRangeTest {

    private static final Optional<ValueRange> BYTES = Optional.of(new ValueRange(0, 255));
    private static final Optional<ValueRange> UNIT = Optional.of(ValueRange.UNIT);

    /** Of a network that begins with these steps, each a type and its constant, or none. */
    private static Optional<ValueRange> of(Object... steps) {
        FlatGraph graph = new FlatGraph(FunctionDefLibrary.getDefaultInstance(), VersionDef.getDefaultInstance());
        graph.put(ForeignFixture.placeholder("image", DataType.DT_FLOAT, -1, 4, 4, 3));
        String last = "image";
        for (int i = 0; i < steps.length; i += 2) {
            String name = "step" + i;
            List<String> inputs = List.of(last);
            if (steps[i + 1] != null) {
                double[] values = (double[]) steps[i + 1];
                graph.put(Constant.node(name + "/c", values, values.length));
                inputs = List.of(last, name + "/c");
            }
            graph.put(node(name, (String) steps[i], inputs, "T", DataType.DT_FLOAT));
            last = name;
        }
        return PixelRange.of(graph, "image");
    }

    private static double[] n(double... values) {
        return values;
    }

    @Test
    void whatANetworkDoesFirstTells() {
        assertThat(of("Mul", n(1 / 255.0), "AddV2", n(0))).isEqualTo(BYTES);
        assertThat(of("Mul", n(1 / 127.5), "AddV2", n(-1))).isEqualTo(BYTES);
        assertThat(of("RealDiv", n(255))).isEqualTo(BYTES);
        assertThat(of("Cast", null, "ResizeBilinear", null, "Mul", n(1 / 255.0)))
                .isEqualTo(BYTES);
        assertThat(of("Sub", n(123.7, 116.8, 103.9), "RealDiv", n(58.4, 57.1, 57.4)))
                .isEqualTo(BYTES);
        assertThat(of("Sub", n(103.9, 116.8, 123.7))).isEqualTo(BYTES);
        assertThat(of("Mul", n(2), "Sub", n(1))).isEqualTo(UNIT);
        assertThat(of("Sub", n(0.485, 0.456, 0.406), "RealDiv", n(0.229, 0.224, 0.225)))
                .isEqualTo(UNIT);
    }

    @Test
    void otherwiseNothingIsKnown() {
        assertThat(of("Relu", null)).isEmpty();
        assertThat(of("Relu", null, "Mul", n(1 / 255.0))).isEmpty();
        assertThat(of("Mul", n(1, 2, 3, 4, 5))).isEmpty();
    }
}

package dev.inkling.model.saved;

import static dev.inkling.model.saved.ForeignFixture.node;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.VersionDef;

class LayerNamesTest {

    /** Of convolutions, each an operation and its kernel. */
    private static LayerNames names(boolean keras, String... operationsAndKernels) {
        FlatGraph graph = new FlatGraph(FunctionDefLibrary.getDefaultInstance(), VersionDef.getDefaultInstance());
        graph.put(ForeignFixture.placeholder("image", DataType.DT_FLOAT));
        for (int i = 0; i < operationsAndKernels.length; i += 2) {
            graph.put(Constant.node(operationsAndKernels[i + 1], new double[1], 1));
            graph.put(node(operationsAndKernels[i], "Conv2D", List.of("image", operationsAndKernels[i + 1])));
        }
        return new LayerNames(graph, keras);
    }

    @Test
    void keras3NumbersEveryPart() {
        LayerNames names = names(
                true,
                "net_1/conv_1/convolution",
                "conv/kernel_3",
                "net_1/backbone_1/conv2d_4_1/convolution",
                "backbone/conv2d_4/kernel_1");
        assertThat(names.of("net_1/conv_1/convolution")).isEqualTo("conv");
        assertThat(names.of("net_1/backbone_1/conv2d_4_1/BiasAdd")).isEqualTo("backbone/conv2d_4");
        assertThat(names.of("net_1/norm_1/batchnorm/mul_1")).isEqualTo("norm");
        assertThat(names.of("net_1/Relu")).isEqualTo("net_1/Relu");
    }

    @Test
    void keras2DoesNot() {
        LayerNames names = names(true, "net/conv_1/Conv2D", "conv_1/kernel", "net/inner/conv/Conv2D", "conv/kernel");
        assertThat(names.of("net/conv_1/Relu")).isEqualTo("conv_1");
        assertThat(names.of("net/inner/conv/BiasAdd")).isEqualTo("inner/conv");
        assertThat(names.of("net/act/Gelu/mul_1")).isEqualTo("act");
    }

    @Test
    void withoutARootNothingIsTakenOff() {
        LayerNames names = names(true, "conv/Conv2D", "conv/kernel", "other/Conv2D", "other/kernel");
        assertThat(names.of("conv/Relu")).isEqualTo("conv");
        assertThat(names.of("Relu")).isEqualTo("Relu");
    }

    @Test
    void othersKeepTheirOperations() {
        assertThat(names(false, "scope/conv/Conv2D", "scope/conv/kernel").of("scope/conv/Relu"))
                .isEqualTo("scope/conv/Relu");
    }
}

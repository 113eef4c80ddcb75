package dev.inkling.model.saved;

import static dev.inkling.model.saved.ForeignFixture.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.ModelSignature.Layer.Kind;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.VersionDef;

/** On graphs where everything has the shape (N, 4, 5, 2), but for what is called {@code logits} and {@code rows…}. */
class LayerFinderTest {

    private FlatGraph graph;

    @BeforeEach
    void begin() {
        graph = new FlatGraph(FunctionDefLibrary.getDefaultInstance(), VersionDef.getDefaultInstance());
        graph.put(ForeignFixture.placeholder("image", DataType.DT_FLOAT));
        graph.put(Constant.node("number", new double[] {2, 3}, 2));
        graph.put(node("axes", "Const", List.of(), "dtype", DataType.DT_INT32, "value", ForeignFixture.ints(1, 2)));
        graph.put(node("channel", "Const", List.of(), "dtype", DataType.DT_INT32, "value", ForeignFixture.ints(3, 1)));
        add("conv", "Conv2D", "image", "number");
    }

    private void add(String name, String type, String... inputs) {
        graph.put(node(name, type, List.of(inputs), "T", DataType.DT_FLOAT));
    }

    private static Shape shape(String operation) {
        boolean flat = operation.equals("logits") || operation.startsWith("rows");
        return flat ? Shape.of(-1, 3) : Shape.of(-1, 4, 5, 2);
    }

    private List<Layer> layers(String last) {
        add("rows", "Mean", last, "axes");
        add("logits", "MatMul", "rows", "number");
        return new LayerFinder(graph, "image", "logits", LayerFinderTest::shape)
                .find(new LayerNames(graph, false)).stream()
                        .map(LayerFinder.Found::layer)
                        .toList();
    }

    private List<String> names(String last) {
        return layers(last).stream().map(Layer::name).toList();
    }

    @Test
    void kindsAndShapes() {
        assertThat(layers("conv"))
                .containsExactly(
                        new Layer("conv", Kind.CONVOLUTION, 4, 5, 2),
                        new Layer("rows", Kind.POOLING, 1, 1, 3),
                        new Layer("logits", Kind.DENSE, 1, 1, 3));
    }

    @Test
    void normalisationAndOneActivationBelongToTheConvolution() {
        add("bias", "BiasAdd", "conv", "number");
        add("scale", "Mul", "number", "bias");
        add("act", "Relu6", "scale");
        add("again", "Mul", "act", "number");
        assertThat(names("again")).containsExactly("act", "rows", "logits");
    }

    @Test
    void anActivationMayHaveSeveralSteps() {
        add("sigmoid", "Sigmoid", "conv");
        add("swish", "Mul", "conv", "sigmoid");
        add("scaled", "Mul", "swish", "number");
        add("erf", "Erf", "scaled");
        add("more", "AddV2", "erf", "number");
        add("half", "Mul", "swish", "number");
        add("gelu", "Mul", "half", "more");
        assertThat(names("gelu")).containsExactly("swish", "rows", "logits");
    }

    @Test
    void aTensorThatOthersReadTooIsWhereALayerEnds() {
        add("act", "Relu", "conv");
        add("second", "Conv2D", "act", "number");
        add("sum", "AddV2", "second", "act");
        add("out", "Relu", "sum");
        assertThat(names("out")).containsExactly("act", "second", "out", "rows", "logits");
    }

    @Test
    void branchesJoinInALayer() {
        add("other", "DepthwiseConv2dNative", "image", "number");
        add("both", "ConcatV2", "conv", "other", "number");
        add("pool", "MaxPool", "both");
        assertThat(names("pool")).containsExactlyInAnyOrder("conv", "other", "both", "pool", "rows", "logits");
    }

    @Test
    void whatIsMultipliedPlaceByPlaceIsNoActivation() {
        // A gate, made of the convolution but not number by number.
        add("channels", "Mean", "conv", "channel");
        add("gate", "Sigmoid", "channels");
        add("gated", "Mul", "conv", "gate");
        assertThat(names("gated")).containsExactly("conv", "rows", "logits");
    }

    @Test
    void partsOfADilatedConvolutionAreNoLayer() {
        add("parts", "SpaceToBatchND", "conv", "axes", "axes");
        add("inside", "Conv2D", "parts", "number");
        add("whole", "BatchToSpaceND", "inside", "axes", "axes");
        add("act", "Tanh", "whole");
        assertThat(names("act")).containsExactly("conv", "act", "rows", "logits");
    }
}

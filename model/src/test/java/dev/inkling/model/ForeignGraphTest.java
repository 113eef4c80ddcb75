package dev.inkling.model;

import static dev.inkling.model.saved.ForeignFixture.call;
import static dev.inkling.model.saved.ForeignFixture.function;
import static dev.inkling.model.saved.ForeignFixture.info;
import static dev.inkling.model.saved.ForeignFixture.node;
import static dev.inkling.model.saved.ForeignFixture.placeholder;
import static dev.inkling.model.saved.ForeignFixture.signature;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.inkling.model.saved.BundleWriter;
import dev.inkling.model.saved.ForeignFixture;
import dev.inkling.model.saved.ModelChoices;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.ModelSignature.ValueRange;
import dev.inkling.spi.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

class ForeignGraphTest {

    private static final Consumer<MetaGraphDef.Builder> AS_IT_IS = model -> {};

    private static final DataType FLOAT = DataType.DT_FLOAT;

    @TempDir
    Path folder;

    /** Choices one by one. */
    private static final class Choices {
        private String signature;
        private String input;
        private String logits;
        private List<String> layers = List.of();
        private List<String> labels;
        private ModelChoices.Size size;
        private boolean trusted;
        private long memory;

        ModelChoices build() {
            return new ModelChoices(
                    Optional.ofNullable(signature),
                    Optional.ofNullable(input),
                    Optional.ofNullable(logits),
                    layers,
                    Optional.empty(),
                    Optional.ofNullable(labels),
                    Optional.ofNullable(size),
                    trusted);
        }

        Execution execution() {
            return new Execution(Precision.FLOAT32, memory == 0 ? OptionalLong.empty() : OptionalLong.of(memory));
        }
    }

    private TensorFlowModel load(Consumer<MetaGraphDef.Builder> change, UnaryOperator<Choices> choose) {
        ForeignFixture.write(folder.resolve("pets/1"), change);
        return load(folder.resolve("pets/1"), choose);
    }

    private static TensorFlowModel load(Path model, UnaryOperator<Choices> choose) {
        Choices chosen = choose.apply(new Choices());
        return TensorFlowModel.load(model, chosen.build(), chosen.execution());
    }

    private TensorFlowModel load(Consumer<MetaGraphDef.Builder> change) {
        return load(change, same -> same);
    }

    private void assertRefused(String message, Consumer<MetaGraphDef.Builder> change, UnaryOperator<Choices> choose) {
        assertThatThrownBy(() -> load(change, choose).close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(message);
    }

    private void assertRefused(String message, Consumer<MetaGraphDef.Builder> change) {
        assertRefused(message, change, same -> same);
    }

    private static FloatNdArray image(float[] pixels) {
        return FloatArrays.of(pixels, 1, 4, 4, 1);
    }

    private static void assertLogits(TensorFlowModel model, double shift) {
        float[] pixels = ForeignFixture.random(16, 5);
        float[] found = FloatArrays.flat(model.scores(image(pixels)));
        double[] expected = ForeignFixture.logits(pixels);
        for (int k = 0; k < 3; k++) {
            assertThat(found[k]).isCloseTo((float) (expected[k] + shift), within(1e-5f));
        }
    }

    /** Changes the network's function. */
    private static Consumer<MetaGraphDef.Builder> network(Consumer<FunctionDef.Builder> change) {
        return model ->
                change.accept(model.getGraphDefBuilder().getLibraryBuilder().getFunctionBuilder(1));
    }

    /** Adds something to the logits, the output of the last of these operations, before the softmax. */
    private static Consumer<MetaGraphDef.Builder> added(String tensor, NodeDef... nodes) {
        return network(function -> {
            function.addAllNodeDef(Arrays.asList(nodes));
            function.addNodeDef(node("sum", "AddV2", List.of("net_1/dense_1/BiasAdd:output:0", tensor), "T", FLOAT));
            function.getNodeDefBuilderList().stream()
                    .filter(node -> node.getOp().equals("Softmax"))
                    .forEach(node -> node.setInput(0, "sum:z:0"));
        });
    }

    @Test
    void scoresAndGradientsAreThoseOfPlainArithmetic() {
        try (TensorFlowModel model = load(AS_IT_IS)) {
            assertLogits(model, 0);
            float[] pixels = ForeignFixture.random(16, 5);
            float[] gradient =
                    FloatArrays.flat(model.require(Gradients.class).gradients(image(pixels), Targets.classes(3, 1)));
            for (int i = 0; i < 16; i++) {
                float[] more = pixels.clone();
                float[] less = pixels.clone();
                more[i] += 1e-3f;
                less[i] -= 1e-3f;
                double slope = (ForeignFixture.logits(more)[1] - ForeignFixture.logits(less)[1]) / (more[i] - less[i]);
                assertThat(gradient[i]).isCloseTo((float) slope, within(1e-4f));
            }
        }
    }

    @Test
    void whatIsFoundIsTold() {
        try (TensorFlowModel model = load(AS_IT_IS)) {
            assertThat(model.signature().name()).isEqualTo("pets");
            assertThat(model.signature().range()).isEqualTo(ValueRange.UNIT);
            assertThat(model.signature().labels()).containsExactly("class 0", "class 1", "class 2");
            assertThat(model.signature().layers())
                    .containsExactly(
                            new Layer("act", Layer.Kind.CONVOLUTION, 2, 2, 2),
                            new Layer("pool", Layer.Kind.POOLING, 1, 1, 2),
                            new Layer("dense", Layer.Kind.DENSE, 1, 1, 3));
            assertThat(model.parameters()).isEqualTo(18 + 2 + 6 + 3);
            assertThat(model.card()).isEmpty();
            assertThat(model.found())
                    .contains(
                            "signature serving_default, image float32 (N, 4, 4, 1) in [0, 1], pixels taken for 0 to 1, which"
                                    + " --range can change, logits 'net_1/dense_1/BiasAdd' before the softmax, 3 classes without"
                                    + " labels, 3 layers, CAM at 'act'");
        }
    }

    @Test
    void chosenLayersAreThoseOfKerasOrOperations() {
        try (TensorFlowModel model = load(AS_IT_IS, choose -> {
            choose.layers = List.of("conv", "net_1/act_1/Relu");
            return choose;
        })) {
            assertThat(model.signature().layers()).extracting(Layer::name).containsExactly("conv", "net_1/act_1/Relu");
            FloatNdArray image = image(ForeignFixture.random(16, 5));
            Layers layers = model.require(Layers.class);
            float[] before = FloatArrays.flat(layers.activations("conv", image));
            float[] after = FloatArrays.flat(layers.activations("net_1/act_1/Relu", image));
            assertThat(before).isNotEqualTo(after);
            for (int i = 0; i < before.length; i++) {
                assertThat(after[i]).isEqualTo(Math.max(0, before[i]));
            }
        }
        assertRefused(
                "model 'pets' has no layer and no operation 'block9'; its layers: conv, act, pool, dense",
                AS_IT_IS,
                choose -> {
                    choose.layers = List.of("block9");
                    return choose;
                });
    }

    @Test
    void provenanceCoversTheVariables() throws IOException {
        String before;
        try (TensorFlowModel model = load(AS_IT_IS)) {
            before = model.sha256();
        }
        assertThat(before).matches("[0-9a-f]{64}");
        new BundleWriter()
                .add("layers/0/kernel", ForeignFixture.random(18, 9), 3, 3, 1, 2)
                .add("layers/0/bias", ForeignFixture.BIAS, 2)
                .add("layers/1/kernel", ForeignFixture.DENSE, 2, 3)
                .add("layers/1/bias", ForeignFixture.SHIFT, 3)
                .write(folder.resolve("pets/1/variables"));
        try (TensorFlowModel model = TensorFlowModel.load(folder.resolve("pets/1"))) {
            assertThat(model.sha256()).isNotEqualTo(before);
        }
    }

    @Test
    void severalSignaturesAndInputsAreListed() {
        Consumer<MetaGraphDef.Builder> twice = model -> {
            model.putSignatureDef("first", model.getSignatureDefOrThrow("serving_default"));
            model.putSignatureDef("second", model.getSignatureDefOrThrow("serving_default"));
            model.removeSignatureDef("serving_default");
        };
        String both = "first (image float32 (N, 4, 4, 1) → scores float32 (N, 3));"
                + " second (image float32 (N, 4, 4, 1) → scores float32 (N, 3))";
        assertRefused(
                "model 'pets' has several signatures from images to scores; choose one by --signature: " + both, twice);
        assertRefused("model 'pets' has no signature 'third'; its signatures: " + both, twice, choose -> {
            choose.signature = "third";
            return choose;
        });
        try (TensorFlowModel model = load(twice, choose -> {
            choose.signature = "second";
            return choose;
        })) {
            assertThat(model.found().orElseThrow()).startsWith("signature second, ");
        }

        Consumer<MetaGraphDef.Builder> masked = model -> model.putSignatureDef(
                "serving_default",
                model.getSignatureDefOrThrow("serving_default").toBuilder()
                        .putInputs("mask", info("serving_default_image:0", FLOAT, -1, 4, 4, 1))
                        .build());
        assertRefused(
                "signature 'serving_default' of model 'pets' has several inputs that could be the image; choose one by --input:"
                        + " image float32 (N, 4, 4, 1), mask float32 (N, 4, 4, 1)",
                masked);
        load(masked, choose -> {
                    choose.input = "image";
                    return choose;
                })
                .close();
    }

    @Test
    void noImageInput() {
        assertRefused(
                "model 'pets' has no image input, expected float32 (N, H, W, C) with 1 to 4 channels; its signatures:"
                        + " serving_default (image float32 (N, 16) → scores float32 (N, 3))",
                model -> model.putSignatureDef(
                        "serving_default",
                        signature(
                                info("serving_default_image:0", FLOAT, -1, 16),
                                "scores",
                                info("StatefulPartitionedCall:0", FLOAT, -1, 3))));
        assertRefused(
                "model 'pets' takes images with their channels first, (N, C, H, W), expected (N, H, W, C); its signatures:"
                        + " serving_default (image float32 (N, 3, 32, 32) → scores float32 (N, 3))",
                model -> model.putSignatureDef(
                        "serving_default",
                        signature(
                                info("serving_default_image:0", FLOAT, -1, 3, 32, 32),
                                "scores",
                                info("StatefulPartitionedCall:0", FLOAT, -1, 3))));
        assertRefused(
                "model 'pets' has no signature, so nothing says where the image goes in; export it with one",
                MetaGraphDef.Builder::clearSignatureDef);
    }

    @Test
    void scoresMustBeRows() {
        assertRefused(
                "model 'pets' gives no scores of shape (N, K), one number for each class; its signatures: serving_default (image"
                        + " float32 (N, 4, 4, 1) → map float32 (N, 2, 2, 3))",
                model -> model.putSignatureDef(
                        "serving_default",
                        signature(
                                info("serving_default_image:0", FLOAT, -1, 4, 4, 1),
                                "map",
                                info("StatefulPartitionedCall:0", FLOAT, -1, 2, 2, 3))));
    }

    @Test
    void severalScoresAreListed() {
        Consumer<MetaGraphDef.Builder> two = model -> {
            model.getGraphDefBuilder().addNode(node("other", "Neg", List.of("StatefulPartitionedCall"), "T", FLOAT));
            model.putSignatureDef(
                    "serving_default",
                    model.getSignatureDefOrThrow("serving_default").toBuilder()
                            .putOutputs("other", info("other:0", FLOAT, -1, 3))
                            .build());
        };
        assertRefused(
                "signature 'serving_default' of model 'pets' has several outputs that could be the scores; choose one by --logits:"
                        + " other float32 (N, 3), scores float32 (N, 3)",
                two);
        for (String name : List.of("scores", "net_1/dense_1/BiasAdd")) {
            try (TensorFlowModel model = load(two, choose -> {
                choose.logits = name;
                return choose;
            })) {
                assertLogits(model, 0);
            }
        }
        assertRefused(
                "model 'pets' has neither an output nor an operation 'dense_1/BiasAdd'; outputs: other, scores; did you mean"
                        + " net_1/dense_1/BiasAdd?",
                two,
                choose -> {
                    choose.logits = "dense_1/BiasAdd";
                    return choose;
                });
    }

    @Test
    void imagesOfAnySizeNeedOne() {
        Consumer<MetaGraphDef.Builder> any = model -> model.putSignatureDef(
                "serving_default",
                signature(
                        info("serving_default_image:0", FLOAT, -1, -1, -1, 1),
                        "scores",
                        info("StatefulPartitionedCall:0", FLOAT, -1, 3)));
        assertRefused(
                "model 'pets' takes images of any size: input 'image' is float32 (N, ?, ?, 1); choose one by --size, such as 224",
                any);
        try (TensorFlowModel model = load(any, choose -> {
            choose.size = new ModelChoices.Size(6, 5, Optional.empty());
            return choose;
        })) {
            assertThat(model.signature().height()).isEqualTo(6);
            assertThat(model.signature().layer("act")).isEqualTo(new Layer("act", Layer.Kind.CONVOLUTION, 4, 3, 2));
        }
        assertRefused("model 'pets' takes images of 4×4×1, --size says 6×6×1; leave it out", AS_IT_IS, choose -> {
            choose.size = new ModelChoices.Size(6, 6, Optional.empty());
            return choose;
        });
    }

    @Test
    void operationsThatTouchFilesAreRefused() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "x");
        Consumer<MetaGraphDef.Builder> reading = added(
                "number:y:0",
                node(
                        "name",
                        "Const",
                        List.of(),
                        "dtype",
                        DataType.DT_STRING,
                        "value",
                        TensorProto.newBuilder()
                                .setDtype(DataType.DT_STRING)
                                .setTensorShape(ForeignFixture.shape())
                                .addStringVal(ByteString.copyFromUtf8(secret.toString()))
                                .build()),
                node("spy", "ReadFile", List.of("name:output:0")),
                node("size", "Size", List.of("spy:contents:0"), "T", DataType.DT_STRING, "out_type", DataType.DT_INT32),
                node("number", "Cast", List.of("size:output:0"), "SrcT", DataType.DT_INT32, "DstT", FLOAT));
        assertRefused(
                "model 'pets' holds operation 'spy' of type ReadFile, which is none that a classifier of images needs and may touch"
                        + " files, the network or other programs; if you trust its maker, add --trust-model",
                reading);
        try (TensorFlowModel model = load(reading, choose -> {
            choose.trusted = true;
            return choose;
        })) {
            assertLogits(model, 1);
        }
    }

    @Test
    void whatTheScoresDoNotNeedIsNoConcern() {
        try (TensorFlowModel model = load(network(function ->
                function.addNodeDef(node("spy", "MatchingFiles", List.of("net_1/pool_1/axes:output:0")))))) {
            assertLogits(model, 0);
        }
    }

    /** A branch that adds its second argument, or nothing. */
    private static Consumer<MetaGraphDef.Builder> branching(NodeDef... more) {
        return model -> {
            added(
                            "choice:output:0",
                            node("any", "Any", List.of("positive:z:0", "net_1/pool_1/axes:output:0")),
                            node(
                                    "positive",
                                    "Greater",
                                    List.of("net_1/pool_1/Mean:output:0", "zero:output:0"),
                                    "T",
                                    FLOAT),
                            node("zero", "Const", List.of(), "dtype", FLOAT, "value", zero()),
                            node(
                                    "choice",
                                    "If",
                                    List.of("zero:output:0", "s"),
                                    "Tcond",
                                    FLOAT,
                                    "Tin",
                                    List.of(DataType.DT_RESOURCE),
                                    "Tout",
                                    List.of(FLOAT),
                                    "then_branch",
                                    NameAttrList.newBuilder().setName("then").build(),
                                    "else_branch",
                                    NameAttrList.newBuilder().setName("else").build()))
                    .accept(model);
            for (String name : List.of("then", "else")) {
                FunctionDef.Builder branch = function(
                        name,
                        List.of("s"),
                        FLOAT,
                        name.equals("else") ? "read:value:0" : "twice:z:0",
                        node("read", "ReadVariableOp", List.of("s"), "dtype", FLOAT),
                        node("twice", "AddV2", List.of("read:value:0", "read:value:0"), "T", FLOAT))
                        .toBuilder();
                branch.addAllNodeDef(Arrays.asList(more));
                model.getGraphDefBuilder().getLibraryBuilder().addFunction(branch);
            }
        };
    }

    private static TensorProto zero() {
        return TensorProto.newBuilder()
                .setDtype(FLOAT)
                .setTensorShape(ForeignFixture.shape())
                .addFloatVal(0)
                .build();
    }

    @Test
    void aBranchIsABlackBoxWithScores() {
        try (TensorFlowModel model = load(branching())) {
            float[] pixels = ForeignFixture.random(16, 5);
            float[] found = FloatArrays.flat(model.scores(image(pixels)));
            double[] expected = ForeignFixture.logits(pixels);
            for (int k = 0; k < 3; k++) {
                assertThat(found[k]).isCloseTo((float) expected[k] + ForeignFixture.SHIFT[k], within(1e-5f));
            }
            assertThat(model.capability(Gradients.class)).isEmpty();
            assertThat(model.capability(Layers.class)).isPresent();
            assertThatThrownBy(() -> model.require(Gradients.class))
                    .hasMessage(
                            "model 'pets' does not offer Gradients: operation 'choice' of type If has no gradient; use an"
                                    + " explainer that needs less (perturbation methods need scores only)");
            assertThat(model.found().orElseThrow())
                    .endsWith(
                            "operation 'choice' of type If has no gradient, so black-box explainers alone can be used");
        }
        assertRefused(
                "model 'pets' holds operation 'spy' of type MatchingFiles, which is none that a classifier of images needs and may"
                        + " touch files, the network or other programs; if you trust its maker, add --trust-model",
                branching(node("spy", "MatchingFiles", List.of("read:value:0"))));
    }

    @Test
    void anOperationWithoutGradientIsNamedAndLayersBehindItStay() {
        try (TensorFlowModel model = load(network(function -> {
            function.addNodeDef(
                    node("net_1/round_1/Round", "Round", List.of("net_1/act_1/Relu:activations:0"), "T", FLOAT));
            function.getNodeDefBuilderList().stream()
                    .filter(node -> node.getOp().equals("Mean"))
                    .forEach(node -> node.setInput(0, "net_1/round_1/Round:y:0"));
        }))) {
            assertThat(model.obstacle()).contains("operation 'net_1/round_1/Round' of type Round has no gradient");
            assertThat(model.signature().layers()).extracting(Layer::name).containsExactly("pool", "dense");
            Layers.LayerGradients found = model.require(Layers.class)
                    .gradients("pool", image(ForeignFixture.random(16, 5)), Targets.classes(3, 2));
            assertThat(FloatArrays.flat(found.gradients()))
                    .containsExactly(ForeignFixture.DENSE[2], ForeignFixture.DENSE[5]);
        }
    }

    @Test
    void unknownOperation() {
        assertThatThrownBy(() -> load(added("odd:y:0", node("odd", "OddOp", List.of("net_1/pool_1/Mean:output:0"))))
                        .close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("operation 'odd' is of type OddOp, which TensorFlow 2.18.0 does not know;");
    }

    @Test
    void otherInputsAreNamed() {
        assertRefused(
                "the scores of model 'pets' need more than the image: noise; export a signature that needs the image alone",
                added("noise:output:0", placeholder("noise", FLOAT)));
    }

    @Test
    void aVariableThatChangesIsRefused() {
        assertRefused(
                "model 'pets' changes its variable 'dense/bias' while it computes, so its scores are not those of the saved values;"
                        + " export it for inference",
                network(function -> {
                    function.addNodeDef(node(
                            "assign",
                            "AssignAddVariableOp",
                            List.of("s", "net_1/dense_1/BiasAdd/ReadVariableOp:value:0"),
                            "dtype",
                            FLOAT));
                    function.putControlRet("assign", "assign");
                }));
    }

    @Test
    void functionsWithoutEndAndMissingOnes() {
        assertRefused(
                "function 'network' is called by way of [network, signature]; functions that call each other without end, or more"
                        + " than 100 deep, can not be put in place",
                network(function -> {
                    function.addNodeDef(call("again", "network", List.of("image", "k", "b", "d", "s"), FLOAT));
                    function.putRet("identity", "again:output:0");
                }));
        assertRefused(
                "operation 'StatefulPartitionedCall' calls function 'signature', which the graph lacks; the file is damaged",
                model -> model.getGraphDefBuilder().getLibraryBuilder().removeFunction(0));
        assertRefused(
                "the graph refers to operation 'nothing', which it lacks; the file is damaged",
                network(function -> function.putRet("identity", "nothing:output:0")));
    }

    @Test
    void labels() {
        try (TensorFlowModel model = load(AS_IT_IS, choose -> {
            choose.labels = List.of("cat", "dog", "owl");
            return choose;
        })) {
            assertThat(model.signature().labels()).containsExactly("cat", "dog", "owl");
        }
        assertRefused("model 'pets' has 3 classes, found 2 labels: cat, dog", AS_IT_IS, choose -> {
            choose.labels = List.of("cat", "dog");
            return choose;
        });
    }

    @Test
    void aSigmoidOverSeveralClassesIsRefused() {
        assertRefused(
                "the scores of model 'pets' end in a sigmoid over 3 classes: an image may be of several, and of none; to explain"
                        + " 'net_1/dense_1/BiasAdd' as if they excluded each other, give --logits net_1/dense_1/BiasAdd",
                network(function -> {
                    function.getNodeDefBuilderList().stream()
                            .filter(node -> node.getOp().equals("Softmax"))
                            .forEach(node -> node.setOp("Sigmoid"));
                    function.putRet("identity", "net_1/dense_1/Softmax:y:0");
                }));
    }

    @Test
    void missingAndDamagedVariables() throws IOException {
        Path variables = folder.resolve("pets/1/variables");
        ForeignFixture.write(folder.resolve("pets/1"), AS_IT_IS);
        Path data = variables.resolve("variables.data-00000-of-00001");
        Path index = variables.resolve("variables.index");
        byte[] values = Files.readAllBytes(data);
        byte[] entries = Files.readAllBytes(index);

        byte[] flipped = values.clone();
        flipped[5] ^= 1;
        Files.write(data, flipped);
        assertLoadRefused(
                "'" + data + "' is damaged: the values of variable 'conv/kernel' are not those that were saved;"
                        + " copy or export the model again");
        Files.write(data, Arrays.copyOf(values, values.length - 1));
        assertLoadRefused("'" + data
                + "' is damaged: the values of variable 'dense/bias' are cut off; copy or export the" + " model again");
        Files.delete(data);
        assertLoadRefused("the model's variables are not complete: of 1 files these are missing: [" + data
                + "]; copy the whole folder");
        Files.write(data, values);

        byte[] bent = entries.clone();
        bent[20] ^= 1;
        Files.write(index, bent);
        assertLoadRefused("'" + index + "' is damaged: a checksum does not fit; copy or export the model again");
        Files.write(index, Arrays.copyOf(entries, entries.length - 9));
        assertLoadRefused("'" + index
                + "' is damaged: it does not end as an index of variables does; copy or export the" + " model again");
        Files.delete(index);
        assertLoadRefused("the model's variables are missing: there is no '" + index + "'; copy the whole folder");

        new BundleWriter()
                .add("layers/0/kernel", ForeignFixture.KERNEL, 3, 3, 1, 2)
                .add("layers/1/kernel", ForeignFixture.DENSE, 2, 3)
                .add("layers/1/bias", ForeignFixture.SHIFT, 3)
                .write(variables);
        assertLoadRefused(
                "'" + index + "' has no values for variable 'conv/bias' (it would be called 'layers/0/bias'); the"
                        + " folder was put together from parts of two models");
    }

    private void assertLoadRefused(String message) {
        assertThatThrownBy(() -> TensorFlowModel.load(folder.resolve("pets/1")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(message);
    }

    @Test
    void memoryBoundsTheChunk() {
        assertRefused(
                "one image takes about 1 MiB on its way through model 'pets', --max-memory grants 0; raise it",
                AS_IT_IS,
                choose -> {
                    choose.memory = 100;
                    return choose;
                });
        try (TensorFlowModel model = load(AS_IT_IS, choose -> {
            choose.memory = 1000;
            return choose;
        })) {
            float[] pixels = ForeignFixture.random(7 * 16, 5);
            float[] found = FloatArrays.flat(model.scores(FloatArrays.of(pixels, 7, 4, 4, 1)));
            for (int n = 0; n < 7; n++) {
                double[] expected = ForeignFixture.logits(Arrays.copyOfRange(pixels, 16 * n, 16 * n + 16));
                assertThat(found[3 * n]).isCloseTo((float) expected[0], within(1e-5f));
            }
        }
    }

    @Test
    void anInklingModelSpeaksForItself() {
        ModelFixtures.write(folder, ModelFixtures.SMALL, RandomWeights.of(ModelFixtures.SMALL, 1));
        assertThatThrownBy(() -> load(folder, choose -> {
                    choose.logits = "logits";
                    return choose;
                }))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "model 'test' was written by Inkling and says itself what is what; leave out --signature, --input,"
                                + " --logits, --layer, --range, --labels and --size");
    }
}

package dev.inkling.model.saved;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A SavedModel as Keras writes them, by hand: a signature that calls a function that calls a function, with variables that another function
 * restores. Images (N, 4, 4, 1) go through a 3×3 convolution of two channels, ReLU, the mean over places, and a dense layer of three
 * classes with softmax.
 */
public final class ForeignFixture {

    public static final float[] KERNEL = random(3 * 3 * 2, 1);
    public static final float[] BIAS = {0.1f, -0.2f};
    public static final float[] DENSE = random(2 * 3, 2);
    public static final float[] SHIFT = {0.5f, 0, -0.25f};

    private static final List<String> VARIABLES = List.of("conv/kernel", "conv/bias", "dense/kernel", "dense/bias");

    private ForeignFixture() {}

    public static float[] random(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Writes it, after some change. */
    public static void write(Path folder, Consumer<MetaGraphDef.Builder> change) {
        MetaGraphDef.Builder model = MetaGraphDef.newBuilder();
        model.getMetaInfoDefBuilder().addTags("serve");
        model.setObjectGraphDef(SavedObjectGraph.getDefaultInstance());
        GraphDef.Builder graph = model.getGraphDefBuilder();
        graph.getVersionsBuilder().setProducer(1882);
        graph.addNode(placeholder("serving_default_image", DataType.DT_FLOAT, -1, 4, 4, 1));
        VARIABLES.forEach(name -> graph.addNode(node(
                name, "VarHandleOp", List.of(), "dtype", DataType.DT_FLOAT, "shape", shape(), "shared_name", name)));
        List<String> arguments = Stream.concat(Stream.of("serving_default_image"), VARIABLES.stream())
                .toList();
        graph.addNode(call("StatefulPartitionedCall", "signature", arguments, DataType.DT_FLOAT));
        graph.addNode(placeholder("saver_filename", DataType.DT_STRING));
        graph.addNode(call(
                "StatefulPartitionedCall_1",
                "restore",
                Stream.concat(Stream.of("saver_filename"), VARIABLES.stream()).toList(),
                DataType.DT_STRING));
        graph.getLibraryBuilder()
                .addFunction(signatureFunction())
                .addFunction(network())
                .addFunction(restore());
        model.setSaverDef(SaverDef.newBuilder()
                .setFilenameTensorName("saver_filename:0")
                .setRestoreOpName("StatefulPartitionedCall_1"));
        model.putSignatureDef(
                "serving_default",
                signature(
                        info("serving_default_image:0", DataType.DT_FLOAT, -1, 4, 4, 1),
                        "scores",
                        info("StatefulPartitionedCall:0", DataType.DT_FLOAT, -1, 3)));
        change.accept(model);
        new BundleWriter()
                .add("layers/0/kernel", KERNEL, 3, 3, 1, 2)
                .add("layers/0/bias", BIAS, 2)
                .add("layers/1/kernel", DENSE, 2, 3)
                .add("layers/1/bias", SHIFT, 3)
                .write(folder.resolve("variables"));
        try {
            Files.write(
                    folder.resolve("saved_model.pb"),
                    SavedModel.newBuilder()
                            .setSavedModelSchemaVersion(1)
                            .addMetaGraphs(model)
                            .build()
                            .toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FunctionDef signatureFunction() {
        return function(
                "signature",
                List.of("image", "k", "b", "d", "s"),
                DataType.DT_FLOAT,
                "Identity:output:0",
                call("StatefulPartitionedCall", "network", List.of("image", "k", "b", "d", "s"), DataType.DT_FLOAT),
                node(
                        "Identity",
                        "Identity",
                        List.of("StatefulPartitionedCall:output:0", "^NoOp"),
                        "T",
                        DataType.DT_FLOAT),
                node("NoOp", "NoOp", List.of("^StatefulPartitionedCall")));
    }

    private static FunctionDef network() {
        return function(
                "network",
                List.of("image", "k", "b", "d", "s"),
                DataType.DT_FLOAT,
                "net_1/dense_1/Softmax:softmax:0",
                read("net_1/conv_1/Conv2D/ReadVariableOp", "k"),
                node(
                        "net_1/conv_1/Conv2D",
                        "Conv2D",
                        List.of("image", "net_1/conv_1/Conv2D/ReadVariableOp:value:0"),
                        "T",
                        DataType.DT_FLOAT,
                        "strides",
                        List.of(1L, 1L, 1L, 1L),
                        "padding",
                        "VALID"),
                read("net_1/conv_1/BiasAdd/ReadVariableOp", "b"),
                node(
                        "net_1/conv_1/BiasAdd",
                        "BiasAdd",
                        List.of("net_1/conv_1/Conv2D:output:0", "net_1/conv_1/BiasAdd/ReadVariableOp:value:0"),
                        "T",
                        DataType.DT_FLOAT),
                node("net_1/act_1/Relu", "Relu", List.of("net_1/conv_1/BiasAdd:output:0"), "T", DataType.DT_FLOAT),
                node("net_1/pool_1/axes", "Const", List.of(), "dtype", DataType.DT_INT32, "value", ints(1, 2)),
                node(
                        "net_1/pool_1/Mean",
                        "Mean",
                        List.of("net_1/act_1/Relu:activations:0", "net_1/pool_1/axes:output:0"),
                        "T",
                        DataType.DT_FLOAT),
                read("net_1/dense_1/MatMul/ReadVariableOp", "d"),
                node(
                        "net_1/dense_1/MatMul",
                        "MatMul",
                        List.of("net_1/pool_1/Mean:output:0", "net_1/dense_1/MatMul/ReadVariableOp:value:0"),
                        "T",
                        DataType.DT_FLOAT),
                read("net_1/dense_1/BiasAdd/ReadVariableOp", "s"),
                node(
                        "net_1/dense_1/BiasAdd",
                        "BiasAdd",
                        List.of("net_1/dense_1/MatMul:product:0", "net_1/dense_1/BiasAdd/ReadVariableOp:value:0"),
                        "T",
                        DataType.DT_FLOAT),
                node(
                        "net_1/dense_1/Softmax",
                        "Softmax",
                        List.of("net_1/dense_1/BiasAdd:output:0"),
                        "T",
                        DataType.DT_FLOAT));
    }

    private static FunctionDef restore() {
        FunctionDef.Builder restore = FunctionDef.newBuilder();
        restore.getSignatureBuilder()
                .setName("restore")
                .addInputArg(OpDef.ArgDef.newBuilder().setName("file").setType(DataType.DT_STRING))
                .addOutputArg(OpDef.ArgDef.newBuilder().setName("done").setType(DataType.DT_STRING));
        TensorProto.Builder keys =
                TensorProto.newBuilder().setDtype(DataType.DT_STRING).setTensorShape(shape(4));
        TensorProto.Builder slices = keys.clone();
        for (String key : List.of("layers/0/kernel", "layers/0/bias", "layers/1/kernel", "layers/1/bias")) {
            keys.addStringVal(ByteString.copyFromUtf8(key));
            slices.addStringVal(ByteString.EMPTY);
        }
        restore.addNodeDef(node("keys", "Const", List.of(), "dtype", DataType.DT_STRING, "value", keys.build()));
        restore.addNodeDef(node("slices", "Const", List.of(), "dtype", DataType.DT_STRING, "value", slices.build()));
        restore.addNodeDef(node(
                "RestoreV2",
                "RestoreV2",
                List.of("file", "keys:output:0", "slices:output:0"),
                "dtypes",
                List.of(DataType.DT_FLOAT, DataType.DT_FLOAT, DataType.DT_FLOAT, DataType.DT_FLOAT)));
        for (int i = 0; i < VARIABLES.size(); i++) {
            restore.getSignatureBuilder()
                    .addInputArg(OpDef.ArgDef.newBuilder().setName("v" + i).setType(DataType.DT_RESOURCE));
            restore.addNodeDef(
                    node("Identity_" + i, "Identity", List.of("RestoreV2:tensors:" + i), "T", DataType.DT_FLOAT));
            restore.addNodeDef(node(
                    "Assign_" + i,
                    "AssignVariableOp",
                    List.of("v" + i, "Identity_" + i + ":output:0"),
                    "dtype",
                    DataType.DT_FLOAT));
            restore.putControlRet("Assign_" + i, "Assign_" + i);
        }
        return restore.putRet("done", "file").build();
    }

    public static FunctionDef function(
            String name, List<String> arguments, DataType returned, String result, NodeDef... nodes) {
        FunctionDef.Builder function = FunctionDef.newBuilder();
        function.getSignatureBuilder()
                .setName(name)
                .addOutputArg(OpDef.ArgDef.newBuilder().setName("identity").setType(returned));
        for (String argument : arguments) {
            function.getSignatureBuilder()
                    .addInputArg(OpDef.ArgDef.newBuilder()
                            .setName(argument)
                            .setType(argument.equals("image") ? DataType.DT_FLOAT : DataType.DT_RESOURCE));
        }
        return function.addAllNodeDef(Arrays.asList(nodes))
                .putRet("identity", result)
                .build();
    }

    public static NodeDef call(String name, String function, List<String> inputs, DataType... returned) {
        return node(
                name,
                "StatefulPartitionedCall",
                inputs,
                "Tin",
                inputs.stream()
                        .map(input -> input.endsWith("image") ? DataType.DT_FLOAT : DataType.DT_RESOURCE)
                        .toList(),
                "Tout",
                List.of(returned),
                "f",
                NameAttrList.newBuilder().setName(function).build());
    }

    private static NodeDef read(String name, String variable) {
        return node(name, "ReadVariableOp", List.of(variable), "dtype", DataType.DT_FLOAT);
    }

    public static NodeDef placeholder(String name, DataType type, long... shape) {
        return node(name, "Placeholder", List.of(), "dtype", type, "shape", shape(shape));
    }

    /** A node with attributes, each a name and a value. */
    public static NodeDef node(String name, String type, List<String> inputs, Object... attributes) {
        NodeDef.Builder node = NodeDef.newBuilder().setName(name).setOp(type).addAllInput(inputs);
        for (int i = 0; i < attributes.length; i += 2) {
            node.putAttr((String) attributes[i], value(attributes[i + 1]));
        }
        return node.build();
    }

    private static AttrValue value(Object value) {
        AttrValue.Builder attribute = AttrValue.newBuilder();
        if (value instanceof DataType type) {
            attribute.setType(type);
        } else if (value instanceof TensorShapeProto shape) {
            attribute.setShape(shape);
        } else if (value instanceof TensorProto tensor) {
            attribute.setTensor(tensor);
        } else if (value instanceof NameAttrList function) {
            attribute.setFunc(function);
        } else if (value instanceof Long number) {
            attribute.setI(number);
        } else if (value instanceof Boolean flag) {
            attribute.setB(flag);
        } else if (value instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof DataType type) {
                    attribute.getListBuilder().addType(type);
                } else {
                    attribute.getListBuilder().addI((Long) element);
                }
            }
        } else {
            attribute.setS(ByteString.copyFromUtf8((String) value));
        }
        return attribute.build();
    }

    public static TensorProto ints(int... values) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setDtype(DataType.DT_INT32).setTensorShape(shape(values.length));
        Arrays.stream(values).forEach(tensor::addIntVal);
        return tensor.build();
    }

    public static TensorShapeProto shape(long... sides) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        Arrays.stream(sides)
                .forEach(side -> shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(side)));
        return shape.build();
    }

    public static TensorInfo info(String tensor, DataType type, long... sides) {
        return TensorInfo.newBuilder()
                .setName(tensor)
                .setDtype(type)
                .setTensorShape(shape(sides))
                .build();
    }

    public static SignatureDef signature(TensorInfo image, String output, TensorInfo scores) {
        return SignatureDef.newBuilder()
                .setMethodName("tensorflow/serving/predict")
                .putInputs("image", image)
                .putOutputs(output, scores)
                .build();
    }

    /** The logits of one image, in plain arithmetic. */
    public static double[] logits(float[] image) {
        double[] features = new double[2];
        for (int c = 0; c < 2; c++) {
            for (int y = 0; y < 2; y++) {
                for (int x = 0; x < 2; x++) {
                    double sum = BIAS[c];
                    for (int i = 0; i < 9; i++) {
                        sum += image[(y + i / 3) * 4 + x + i % 3] * KERNEL[2 * i + c];
                    }
                    features[c] += Math.max(0, sum) / 4;
                }
            }
        }
        double[] logits = new double[3];
        for (int k = 0; k < 3; k++) {
            logits[k] = SHIFT[k] + features[0] * DENSE[k] + features[1] * DENSE[3 + k];
        }
        return logits;
    }
}

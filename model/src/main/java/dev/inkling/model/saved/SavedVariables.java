package dev.inkling.model.saved;

import dev.inkling.spi.InvalidInputException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/**
 * The variables of a SavedModel. Which values belong to which variable is told by the graph's own operations for restoring it: they are
 * read, not run.
 */
final class SavedVariables {

    /** TensorFlow takes graphs up to the 2 GiB of a protocol buffer. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - (1L << 20);

    private static final Set<String> VARIABLES = Set.of("VarHandleOp", "VariableV2", "Variable");

    /** What may be done with a handle without changing the value behind it. */
    private static final Set<String> HARMLESS = Set.of("ReadVariableOp", "VarIsInitializedOp", "DisableCopyOnRead");

    /** The name in the bundle of each variable, by its node in the outermost graph. */
    private final Map<String, String> keys = new HashMap<>();

    private final Path folder;
    private final String model;

    /**
     * Reads how the variables are restored.
     *
     * @param folder of the SavedModel
     * @param model what messages call it
     */
    SavedVariables(Path folder, String model, MetaGraphDef metaGraph) {
        this.folder = folder;
        this.model = model;
        String restore =
                TensorName.parse(metaGraph.getSaverDef().getRestoreOpName()).node();
        if (!restore.isEmpty()) {
            readKeys(FunctionInliner.inline(metaGraph.getGraphDef(), List.of(restore))
                    .graph());
        }
        readCopies(metaGraph.getGraphDef());
    }

    /**
     * Where Keras 3 is saved by {@code tf.saved_model.save}, not the variables that the network reads are saved but copies, which are
     * initialised from them.
     */
    private void readCopies(GraphDef graph) {
        Map<String, NodeDef> nodes = new HashMap<>();
        graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
        for (NodeDef assign : graph.getNodeList()) {
            if (assign.getOp().equals("AssignVariableOp") && keys.containsKey(assign.getInput(0))) {
                NodeDef value = nodes.get(assign.getInput(1));
                if (value != null && value.getOp().equals("ReadVariableOp")) {
                    keys.putIfAbsent(value.getInput(0), keys.get(assign.getInput(0)));
                }
            }
        }
    }

    private void readKeys(FlatGraph restoring) {
        for (NodeDef assign : restoring.nodes()) {
            if (!assign.getOp().equals("AssignVariableOp") && !assign.getOp().equals("Assign")) {
                continue;
            }
            TensorName value = FlatGraph.input(assign, 1);
            while (restoring.producer(value).getOp().equals("Identity")) {
                value = FlatGraph.input(restoring.producer(value), 0);
            }
            NodeDef read = restoring.producer(value);
            if (read.getOp().equals("RestoreV2")) {
                TensorProto names =
                        restoring.inputNode(read, 1).getAttrOrThrow("value").getTensor();
                keys.put(
                        FlatGraph.input(assign, 0).node(),
                        names.getStringVal(value.index()).toStringUtf8());
            }
        }
    }

    /** The variables of a graph, by name. */
    static List<NodeDef> in(FlatGraph graph) {
        return graph.nodes().stream()
                .filter(node -> VARIABLES.contains(node.getOp()))
                .toList();
    }

    /** The variables that a graph changes while it computes; their saved values are not what it computes with. */
    static Set<String> changed(FlatGraph graph) {
        Set<String> changed = new LinkedHashSet<>();
        for (NodeDef node : graph.nodes()) {
            for (TensorName input : FlatGraph.inputs(node)) {
                NodeDef variable = graph.producer(input);
                boolean reads = variable.getOp().equals("VarHandleOp")
                        ? HARMLESS.contains(node.getOp()) || NetworkOperations.controlFlow(node.getOp())
                        : !node.getOp().startsWith("Assign");
                if (VARIABLES.contains(variable.getOp()) && !reads) {
                    changed.add(variable.getName());
                }
            }
        }
        return changed;
    }

    /**
     * Puts constants in place of the variables.
     *
     * @return the files that the values come from; none where the graph has no variables
     * @throws InvalidInputException if a file or a value is missing or damaged
     */
    List<Path> freeze(FlatGraph graph) {
        List<NodeDef> variables = in(graph);
        if (variables.isEmpty()) {
            return List.of();
        }
        TensorBundle bundle = TensorBundle.open(folder.resolve("variables").resolve("variables"));
        Map<TensorName, TensorName> instead = new LinkedHashMap<>();
        Map<String, Set<NodeDef>> readers = graph.readers();
        long bytes = 0;
        for (NodeDef variable : variables) {
            String key = Optional.ofNullable(keys.get(variable.getName()))
                    .orElseThrow(() -> new InvalidInputException(
                            "model '%s' computes with variable '%s', but does not say from where it is restored",
                            model, variable.getName()));
            TensorProto value = bundle.read(key, variable.getName());
            DataType type = OperationTypes.attribute(variable, "dtype").getType();
            if (value.getDtype() != type) {
                throw new InvalidInputException(
                        "variable '%s' is of type %s, its values are of type %s; the folder was put together from parts of two"
                                + " models",
                        variable.getName(), type, value.getDtype());
            }
            bytes += value.getTensorContent().size();
            if (bytes > MOST_BYTES) {
                throw new InvalidInputException(
                        "the variables of model '%s' take more than 2 GiB, which is all that a TensorFlow graph can hold",
                        model);
            }
            graph.put(constant(variable.getName(), value));
            for (NodeDef reader : readers.getOrDefault(variable.getName(), Set.of())) {
                if (reader.getOp().equals("ReadVariableOp")) {
                    instead.put(new TensorName(reader.getName(), 0), new TensorName(variable.getName(), 0));
                }
            }
        }
        graph.redirect(instead);
        return bundle.files();
    }

    static NodeDef constant(String name, TensorProto value) {
        return NodeDef.newBuilder()
                .setName(name)
                .setOp("Const")
                .putAttr(
                        "dtype",
                        AttrValue.newBuilder().setType(value.getDtype()).build())
                .putAttr("value", AttrValue.newBuilder().setTensor(value).build())
                .build();
    }
}

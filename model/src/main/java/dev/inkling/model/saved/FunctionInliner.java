package dev.inkling.model.saved;

import dev.inkling.spi.InvalidInputException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Puts the bodies of functions where they are called, so that a graph is flat. Keras saves a network as functions that call
 * functions; gradients, layers and rules of propagation need to see its operations.
 *
 * <p>An operation of a body is named by the scope of the call and its own name: {@code model/StatefulPartitionedCall} that holds
 * {@code conv/Conv2D} becomes {@code model/conv/Conv2D}.
 */
final class FunctionInliner {

    /** Functions that call functions can grow without bounds from a file of a few kilobytes. */
    private static final int MOST_NODES = 1_000_000;

    private static final int DEEPEST = 100;

    private static final String CALL = "(Stateful)?PartitionedCall(_\\d+)?";

    private final Map<String, FunctionDef> functions = new HashMap<>();
    private final FlatGraph flat;

    /** Names in use, those of the outermost graph before all others. */
    private final Set<String> names = new HashSet<>();

    /** The functions that are being put in place, to notice one that calls itself. */
    private final Deque<String> open = new ArrayDeque<>();

    private FunctionInliner(GraphDef graph) {
        graph.getLibrary()
                .getFunctionList()
                .forEach(function -> functions.put(function.getSignature().getName(), function));
        this.flat = new FlatGraph(graph.getLibrary(), graph.getVersions());
    }

    /**
     * A graph without calls, and where tensors of the original are in it.
     *
     * @param graph flat
     * @param place of a tensor of the original's outermost graph
     */
    record Inlined(FlatGraph graph, UnaryOperator<TensorName> place) {}

    /**
     * Makes a graph flat.
     *
     * @param roots names of nodes: what they depend on is kept, by control dependencies too
     * @throws InvalidInputException if an operation reads what does not exist, or functions call each other without end
     */
    static Inlined inline(GraphDef graph, Collection<String> roots) {
        FunctionInliner inliner = new FunctionInliner(graph);
        Scope outermost = inliner.new Scope("", graph.getNodeList(), Map.of(), false);
        inliner.names.addAll(outermost.nodes.keySet());
        outermost.emit(roots);
        return new Inlined(inliner.flat, tensor -> outermost.resolve(tensor.toString()));
    }

    /** The outermost graph, or one call of a function. */
    private final class Scope {

        private final String prefix;
        private final Map<String, NodeDef> nodes = new HashMap<>();
        private final Map<String, TensorName> arguments;
        private final boolean function;

        /** What nodes are called in the flat graph. */
        private final Map<String, String> flatNames = new HashMap<>();

        /** What the outputs of calls are in the flat graph. */
        private final Map<String, List<TensorName>> calls = new HashMap<>();

        Scope(String prefix, List<NodeDef> nodes, Map<String, TensorName> arguments, boolean function) {
            this.prefix = prefix;
            this.arguments = arguments;
            this.function = function;
            nodes.forEach(node -> this.nodes.put(node.getName(), node));
        }

        /** Adds to the flat graph what these nodes depend on. */
        void emit(Collection<String> roots) {
            Set<String> needed = needed(roots);
            for (String name : needed) {
                flatNames.put(name, function ? freeName(prefix + name) : name);
            }
            for (String name : needed) {
                NodeDef node = nodes.get(name);
                if (called(node) != null) {
                    outputs(node);
                    continue;
                }
                NodeDef.Builder copy = node.toBuilder()
                        .setName(flatNames.get(name))
                        .clearInput()
                        .clearDevice();
                for (String input : node.getInputList()) {
                    if (!input.startsWith("^")) {
                        copy.addInput(resolve(input).asInput());
                    }
                }
                flat.put(copy.build());
                if (names.size() > MOST_NODES) {
                    throw new InvalidInputException(
                            "the graph has more than %d operations once its functions are put in place; it is damaged, or"
                                    + " made to do harm",
                            MOST_NODES);
                }
            }
        }

        private Set<String> needed(Collection<String> roots) {
            Set<String> needed = new LinkedHashSet<>();
            Deque<String> next = new ArrayDeque<>(roots);
            while (!next.isEmpty()) {
                String name = next.pop();
                if (arguments.containsKey(name) || needed.contains(name)) {
                    continue;
                }
                NodeDef node = nodes.get(name);
                if (node == null) {
                    throw new InvalidInputException(
                            "the graph refers to operation '%s%s', which it lacks; the file is damaged", prefix, name);
                }
                needed.add(name);
                node.getInputList().forEach(input -> next.push(nodeName(input)));
            }
            return needed;
        }

        private String nodeName(String input) {
            String name = input.startsWith("^") ? input.substring(1) : input;
            int colon = name.indexOf(':');
            return colon < 0 ? name : name.substring(0, colon);
        }

        /** A tensor as this scope refers to it: {@code node:output:index} in a function, {@code node:index} outside. */
        TensorName resolve(String input) {
            String name = nodeName(input);
            if (arguments.containsKey(name)) {
                return arguments.get(name);
            }
            NodeDef node = nodes.get(name);
            FunctionDef called = called(node);
            int index;
            String[] parts = input.split(":");
            if (!function) {
                index = TensorName.parse(input).index();
            } else if (called != null && functions.containsKey(node.getOp())) {
                index = outputNamed(called, parts[1]);
            } else {
                index = OperationTypes.outputIndex(node, parts[1], Integer.parseInt(parts[2]));
            }
            if (called == null) {
                return new TensorName(flatNames.get(name), index);
            }
            List<TensorName> outputs = outputs(node);
            if (index >= outputs.size()) {
                throw new InvalidInputException(
                        "an operation reads output %d of '%s%s', which has %d; the file is damaged",
                        index, prefix, name, outputs.size());
            }
            return outputs.get(index);
        }

        private int outputNamed(FunctionDef called, String name) {
            List<OpDef.ArgDef> outputs = called.getSignature().getOutputArgList();
            for (int i = 0; i < outputs.size(); i++) {
                if (outputs.get(i).getName().equals(name)) {
                    return i;
                }
            }
            return outputs.size();
        }

        /** The function that a node calls, or null where it is an operation. */
        private FunctionDef called(NodeDef node) {
            return switch (node.getOp()) {
                case "PartitionedCall", "StatefulPartitionedCall" ->
                    function(node, node.getAttrMap().get("f").getFunc().getName());
                default -> functions.get(node.getOp());
            };
        }

        private FunctionDef function(NodeDef call, String name) {
            FunctionDef called = functions.get(name);
            if (called == null) {
                throw new InvalidInputException(
                        "operation '%s%s' calls function '%s', which the graph lacks; the file is damaged",
                        prefix, call.getName(), name);
            }
            return called;
        }

        /** Puts a called function in place, once. */
        private List<TensorName> outputs(NodeDef call) {
            List<TensorName> known = calls.get(call.getName());
            if (known != null) {
                return known;
            }
            FunctionDef called = called(call);
            String name = called.getSignature().getName();
            if (open.contains(name) || open.size() >= DEEPEST) {
                throw new InvalidInputException(
                        "function '%s' is called by way of %s; functions that call each other without end, or more than %d"
                                + " deep, can not be put in place",
                        name, open, DEEPEST);
            }
            List<String> inputs = call.getInputList().stream()
                    .filter(input -> !input.startsWith("^"))
                    .toList();
            List<OpDef.ArgDef> parameters = called.getSignature().getInputArgList();
            if (inputs.size() != parameters.size()) {
                throw new InvalidInputException(
                        "operation '%s%s' calls function '%s' with %d inputs, expected %d; the file is damaged",
                        prefix, call.getName(), name, inputs.size(), parameters.size());
            }
            // Until the body is there it has no outputs: a call that feeds itself is found out by that.
            calls.put(call.getName(), List.of());
            Map<String, TensorName> bound = new HashMap<>();
            for (int i = 0; i < inputs.size(); i++) {
                bound.put(parameters.get(i).getName(), resolve(inputs.get(i)));
            }
            open.push(name);
            Scope body = new Scope(scopeOf(flatNames.get(call.getName())), called.getNodeDefList(), bound, true);
            List<String> returned = called.getSignature().getOutputArgList().stream()
                    .map(output -> called.getRetMap().getOrDefault(output.getName(), output.getName()))
                    .toList();
            List<String> roots = new ArrayList<>(called.getControlRetMap().values());
            returned.forEach(tensor -> roots.add(body.nodeName(tensor)));
            body.emit(roots);
            List<TensorName> outputs = returned.stream().map(body::resolve).toList();
            open.pop();
            calls.put(call.getName(), outputs);
            return outputs;
        }
    }

    /** Where the body of a call is put: calls that were named by no one leave no trace. */
    private static String scopeOf(String call) {
        int slash = call.lastIndexOf('/');
        return call.substring(slash + 1).matches(CALL) ? call.substring(0, slash + 1) : call + "/";
    }

    private String freeName(String wanted) {
        String name = wanted;
        for (int i = 1; !names.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }
}

package dev.inkling.model.saved;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VersionDef;

/**
 * A graph of nodes that read each other's outputs and call no functions, to be rewritten before TensorFlow sees it. It has no control
 * dependencies: they order side effects, and there are none in what is explained.
 */
final class FlatGraph {

    private final Map<String, NodeDef> nodes = new LinkedHashMap<>();

    /** Bodies of control flow, by name. */
    private final Map<String, FunctionDef> functions = new LinkedHashMap<>();

    private final VersionDef versions;

    FlatGraph(FunctionDefLibrary library, VersionDef versions) {
        library.getFunctionList().forEach(this::putFunction);
        this.versions = versions;
    }

    /** The graph of a file that calls no functions. */
    static FlatGraph of(GraphDef graph) {
        FlatGraph flat = new FlatGraph(graph.getLibrary(), graph.getVersions());
        graph.getNodeList().forEach(flat::put);
        return flat;
    }

    Collection<NodeDef> nodes() {
        return Collections.unmodifiableCollection(nodes.values());
    }

    /** The function of this name, or null. */
    FunctionDef function(String name) {
        return functions.get(name);
    }

    /** Adds a function, or replaces the one of its name. */
    void putFunction(FunctionDef function) {
        functions.put(function.getSignature().getName(), function);
    }

    /** The functions that the nodes call, and those that these call, and so on. */
    List<FunctionDef> calledFunctions() {
        Map<String, FunctionDef> called = new LinkedHashMap<>();
        Deque<NodeDef> next = new ArrayDeque<>(nodes.values());
        while (!next.isEmpty()) {
            NodeDef node = next.pop();
            Stream<NameAttrList> attributes = node.getAttrMap().values().stream()
                    .flatMap(
                            value -> Stream.concat(Stream.of(value.getFunc()), value.getList().getFuncList().stream()));
            Stream.concat(Stream.of(node.getOp()), attributes.map(NameAttrList::getName))
                    .map(functions::get)
                    .filter(Objects::nonNull)
                    .filter(function ->
                            called.putIfAbsent(function.getSignature().getName(), function) == null)
                    .forEach(function -> next.addAll(function.getNodeDefList()));
        }
        return List.copyOf(called.values());
    }

    boolean contains(String name) {
        return nodes.containsKey(name);
    }

    NodeDef node(String name) {
        return nodes.get(name);
    }

    NodeDef producer(TensorName tensor) {
        return nodes.get(tensor.node());
    }

    static List<TensorName> inputs(NodeDef node) {
        return node.getInputList().stream().map(TensorName::parse).toList();
    }

    static TensorName input(NodeDef node, int index) {
        return TensorName.parse(node.getInput(index));
    }

    /** What produces a node's input. */
    NodeDef inputNode(NodeDef node, int index) {
        return producer(input(node, index));
    }

    /** Adds a node, or replaces the one of its name. */
    void put(NodeDef node) {
        nodes.put(node.getName(), node);
    }

    /** A name that no node has, the wanted one if it can be. */
    String freeName(String wanted) {
        String name = wanted;
        for (int i = 1; nodes.containsKey(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    /** Makes every node read another tensor in place of some. */
    void redirect(Map<TensorName, TensorName> instead) {
        for (Map.Entry<String, NodeDef> entry : nodes.entrySet()) {
            NodeDef node = entry.getValue();
            NodeDef.Builder changed = null;
            for (int i = 0; i < node.getInputCount(); i++) {
                TensorName end = end(input(node, i), instead);
                if (!end.equals(input(node, i))) {
                    changed = changed == null ? node.toBuilder() : changed;
                    changed.setInput(i, end.asInput());
                }
            }
            if (changed != null) {
                entry.setValue(changed.build());
            }
        }
    }

    /** Where a chain of redirections leads. */
    static TensorName end(TensorName tensor, Map<TensorName, TensorName> instead) {
        TensorName end = tensor;
        while (instead.containsKey(end)) {
            end = instead.get(end);
        }
        return end;
    }

    /** Who reads each node's outputs, by its name, each reader once. */
    Map<String, Set<NodeDef>> readers() {
        Map<String, Set<NodeDef>> readers = new HashMap<>();
        for (NodeDef node : nodes.values()) {
            inputs(node)
                    .forEach(input -> readers.computeIfAbsent(input.node(), none -> new LinkedHashSet<>())
                            .add(node));
        }
        return readers;
    }

    /** The names of the nodes that these depend on, and of these. */
    Set<String> ancestors(String... of) {
        Set<String> seen = new LinkedHashSet<>();
        Deque<String> next = new ArrayDeque<>(List.of(of));
        while (!next.isEmpty()) {
            String name = next.pop();
            if (seen.add(name)) {
                inputs(nodes.get(name)).stream()
                        .map(TensorName::node)
                        .filter(nodes::containsKey)
                        .forEach(next::push);
            }
        }
        return seen;
    }

    /** The names of the nodes that depend on this one, and of this one. */
    Set<String> descendants(String of) {
        Map<String, Set<NodeDef>> readers = readers();
        Set<String> seen = new LinkedHashSet<>();
        Deque<String> next = new ArrayDeque<>(List.of(of));
        while (!next.isEmpty()) {
            String name = next.pop();
            if (seen.add(name)) {
                readers.getOrDefault(name, Set.of()).forEach(reader -> next.push(reader.getName()));
            }
        }
        return seen;
    }

    /** Drops what these nodes do not depend on. */
    void prune(String... to) {
        nodes.keySet().retainAll(ancestors(to));
    }

    /** The nodes, each after those it reads from; in a loop of control flow, in some order. */
    List<NodeDef> inOrder() {
        Map<String, Integer> missing = new HashMap<>();
        Map<String, Set<NodeDef>> readers = readers();
        Deque<NodeDef> ready = new ArrayDeque<>();
        for (NodeDef node : nodes.values()) {
            int reads =
                    (int) inputs(node).stream().map(TensorName::node).distinct().count();
            missing.put(node.getName(), reads);
            if (reads == 0) {
                ready.add(node);
            }
        }
        Set<NodeDef> ordered = new LinkedHashSet<>();
        while (!ready.isEmpty()) {
            NodeDef node = ready.poll();
            ordered.add(node);
            for (NodeDef reader : readers.getOrDefault(node.getName(), Set.of())) {
                if (missing.merge(reader.getName(), -1, Integer::sum) == 0) {
                    ready.add(reader);
                }
            }
        }
        ordered.addAll(nodes.values());
        return new ArrayList<>(ordered);
    }

    /** For TensorFlow, which gets to see what is needed and nothing else. */
    GraphDef toGraphDef() {
        return GraphDef.newBuilder()
                .addAllNode(nodes.values())
                .setLibrary(FunctionDefLibrary.newBuilder().addAllFunction(calledFunctions()))
                .setVersions(versions)
                .build();
    }
}

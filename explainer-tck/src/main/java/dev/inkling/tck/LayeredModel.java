package dev.inkling.tck;

import dev.inkling.spi.Background;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;

/**
 * A feed-forward network in plain arithmetic, image by image, that offers every capability; each of its operations is a
 * layer. Immutable and safe for use by several threads.
 */
abstract class LayeredModel implements Model, Gradients, Layers, Propagation, Background {

    private final ModelSignature signature;
    private final List<Operation> operations;

    /** @param names of the operations, in order */
    LayeredModel(
            String name,
            int height,
            int width,
            int channels,
            ModelSignature.ValueRange range,
            List<String> names,
            List<Operation> operations) {
        this.operations = operations;
        this.signature = new ModelSignature(
                name,
                height,
                width,
                channels,
                range,
                labels(operations.get(operations.size() - 1).channels()),
                layers(names, operations));
    }

    static List<String> labels(int classes) {
        return IntStream.range(0, classes).mapToObj(String::valueOf).toList();
    }

    private static List<Layer> layers(List<String> names, List<Operation> operations) {
        List<Layer> layers = new ArrayList<>();
        Layer.Kind kind = Layer.Kind.DENSE;
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            if (!(operation instanceof Operation.Relu)) {
                kind = operation instanceof Operation.Dense
                        ? Layer.Kind.DENSE
                        : operation instanceof Operation.Softmax ? Layer.Kind.ATTENTION : Layer.Kind.CONVOLUTION;
            }
            layers.add(new Layer(names.get(i), kind, operation.height(), operation.width(), operation.channels()));
        }
        return layers;
    }

    @Override
    public ModelSignature signature() {
        return signature;
    }

    @Override
    public <T> Optional<T> capability(Class<T> type) {
        return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
    }

    /** Five images drawn uniformly from the value range. */
    @Override
    public FloatNdArray images() {
        return background(signature);
    }

    static FloatNdArray background(ModelSignature signature) {
        SplittableRandom random = new SplittableRandom(30);
        float[] values = new float[5 * signature.imageSize()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float)
                    random.nextDouble(signature.range().min(), signature.range().max());
        }
        return FloatArrays.of(values, 5, signature.height(), signature.width(), signature.channels());
    }

    @Override
    public FloatNdArray scores(FloatNdArray images) {
        return stack(
                split(images, signature).stream()
                        .map(image -> output(trace(image)))
                        .toList(),
                signature.classCount());
    }

    @Override
    public FloatNdArray gradients(FloatNdArray images, Targets targets) {
        return back(images, targets, false, Operation::backward);
    }

    @Override
    public FloatNdArray propagate(FloatNdArray images, Targets targets, Rule rule) {
        return back(images, targets, rule instanceof Rule.LrpEpsilon, backwardBy(rule));
    }

    @Override
    public FloatNdArray activations(String layer, FloatNdArray images) {
        Layer found = signature.layer(layer);
        int index = signature.layers().indexOf(found);
        return stack(
                split(images, signature).stream()
                        .map(image -> trace(image).get(index + 1))
                        .toList(),
                found.height(),
                found.width(),
                found.channels());
    }

    @Override
    public LayerGradients gradients(String layer, FloatNdArray images, Targets targets) {
        Layer found = signature.layer(layer);
        int index = signature.layers().indexOf(found);
        List<float[]> inputs = split(images, signature);
        targets.require(inputs.size(), signature);
        List<float[]> activations = new ArrayList<>();
        List<float[]> gradients = new ArrayList<>();
        for (int n = 0; n < inputs.size(); n++) {
            List<float[]> trace = trace(inputs.get(n));
            activations.add(trace.get(index + 1));
            gradients.add(back(trace, row(targets, n), index + 1, Operation::backward));
        }
        return new LayerGradients(
                stack(activations, found.height(), found.width(), found.channels()),
                stack(gradients, found.height(), found.width(), found.channels()));
    }

    @Override
    public FloatNdArray scoresFrom(String layer, FloatNdArray activations) {
        Layer found = signature.layer(layer);
        Shape shape = activations.shape();
        if (shape.numDimensions() != 4
                || shape.get(1) != found.height()
                || shape.get(2) != found.width()
                || shape.get(3) != found.channels()) {
            throw new InvalidInputException(
                    "activations of layer '%s' have shape %s, expected (N, %d, %d, %d)",
                    layer, shape, found.height(), found.width(), found.channels());
        }
        List<float[]> scores = new ArrayList<>();
        for (float[] activation : rows(activations)) {
            float[] value = activation;
            for (int i = signature.layers().indexOf(found) + 1; i < operations.size(); i++) {
                value = operations.get(i).forward(value);
            }
            scores.add(value);
        }
        return stack(scores, signature.classCount());
    }

    private FloatNdArray back(FloatNdArray images, Targets targets, boolean fromScores, Backward backward) {
        List<float[]> inputs = split(images, signature);
        targets.require(inputs.size(), signature);
        List<float[]> results = new ArrayList<>();
        for (int n = 0; n < inputs.size(); n++) {
            List<float[]> trace = trace(inputs.get(n));
            float[] start = row(targets, n);
            for (int k = 0; fromScores && k < start.length; k++) {
                start[k] *= output(trace)[k];
            }
            results.add(back(trace, start, 0, backward));
        }
        return stack(results, signature.height(), signature.width(), signature.channels());
    }

    /** From the logits back to the input of the operation {@code first}. */
    private float[] back(List<float[]> trace, float[] start, int first, Backward backward) {
        float[] gradient = start;
        for (int i = operations.size() - 1; i >= first; i--) {
            gradient = backward.through(operations.get(i), trace.get(i), gradient);
        }
        return gradient;
    }

    /** The input of every operation, and the logits. */
    private List<float[]> trace(float[] image) {
        List<float[]> values = new ArrayList<>(List.of(image));
        for (Operation operation : operations) {
            values.add(operation.forward(output(values)));
        }
        return values;
    }

    private static float[] output(List<float[]> trace) {
        return trace.get(trace.size() - 1);
    }

    /** How a gradient goes back through an operation. */
    private interface Backward {
        float[] through(Operation operation, float[] input, float[] gradient);
    }

    private Backward backwardBy(Rule rule) {
        if (rule instanceof Rule.Guided) {
            return (operation, input, gradient) ->
                    operation.backward(input, operation instanceof Operation.Relu ? positive(gradient) : gradient);
        } else if (rule instanceof Rule.Deconvnet) {
            return (operation, input, gradient) ->
                    operation instanceof Operation.Relu ? positive(gradient) : operation.backward(input, gradient);
        } else if (rule instanceof Rule.LrpEpsilon lrp
                && operations.stream().noneMatch(Operation.Softmax.class::isInstance)) {
            return (operation, input, relevance) -> operation instanceof Operation.Relu
                    ? relevance
                    : relevance(operation, input, relevance, lrp.epsilon());
        }
        throw new InvalidInputException("model '%s' has no rule %s", signature.name(), rule);
    }

    private static float[] positive(float[] values) {
        float[] positive = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            positive[i] = Math.max(0, values[i]);
        }
        return positive;
    }

    private static float[] relevance(Operation operation, float[] input, float[] relevance, double epsilon) {
        float[] shares = operation.forward(input);
        for (int i = 0; i < shares.length; i++) {
            shares[i] = (float) (relevance[i] / (shares[i] + (shares[i] < 0 ? -epsilon : epsilon)));
        }
        float[] back = operation.backward(input, shares);
        for (int i = 0; i < back.length; i++) {
            back[i] *= input[i];
        }
        return back;
    }

    /** The images one by one, after the checks that {@link Model#scores} promises. */
    static List<float[]> split(FloatNdArray images, ModelSignature signature) {
        signature.requireImages(images);
        List<float[]> rows = rows(images);
        for (float[] row : rows) {
            for (float value : row) {
                if (!Float.isFinite(value)) {
                    throw new InvalidInputException("an image holds %s, expected finite numbers", value);
                }
            }
        }
        return rows;
    }

    private static List<float[]> rows(FloatNdArray array) {
        float[] values = FloatArrays.flat(array);
        int count = Math.toIntExact(array.shape().get(0));
        int size = values.length / count;
        return IntStream.range(0, count)
                .mapToObj(n -> Arrays.copyOfRange(values, n * size, (n + 1) * size))
                .toList();
    }

    static float[] row(Targets targets, int image) {
        return FloatArrays.flat(targets.rows(image, image + 1).weights());
    }

    static FloatNdArray stack(List<float[]> rows, long... rowShape) {
        int size = rows.get(0).length;
        float[] values = new float[rows.size() * size];
        for (int n = 0; n < rows.size(); n++) {
            System.arraycopy(rows.get(n), 0, values, n * size, size);
        }
        long[] shape = new long[rowShape.length + 1];
        shape[0] = rows.size();
        System.arraycopy(rowShape, 0, shape, 1, rowShape.length);
        return FloatArrays.of(values, shape);
    }
}

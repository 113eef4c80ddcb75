package dev.inkling.tck;

import dev.inkling.spi.Extent;
import dev.inkling.spi.ModelSignature.ValueRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * Puts a {@link PlainModel} together, operation by operation. Every operation has a name and is a layer of the model; it reads
 * the one before it, the first one the image, unless {@link #from} says otherwise or it names what it reads. What the last
 * one puts out, flattened, are the logits. Weights are copied. What does not fit together is an
 * {@link IllegalArgumentException} that says which operation and why.
 *
 * <pre>{@code
 * PlainModel model = PlainModel.builder("residual", 8, 6, 1)
 *         .convolution("conv1", kernel, bias, new Extent(1, 1), Padding.SAME)
 *         .relu("relu1")
 *         .convolution("conv2", another, bias, new Extent(1, 1), Padding.SAME)
 *         .add("sum", "conv2", "relu1")
 *         .maxPool("pool", new Extent(2, 2), new Extent(2, 2), Padding.VALID)
 *         .dense("logits", weights, biases)
 *         .build();
 * }</pre>
 */
public final class PlainModelBuilder {

    /** What {@link #from}, {@link #add} and {@link #concatenate} call the image. */
    public static final String IMAGE = "image";

    /**
     * An operation that is in place.
     *
     * @param inputs indices of the values that it reads: 0 is the image, i + 1 the output of operation i
     */
    record Node(String name, Operation operation, List<Integer> inputs) {}

    /** (h, w, c) of a value. */
    private record Sides(int height, int width, int channels) {
        int size() {
            return height * width * channels;
        }

        @Override
        public String toString() {
            return height + "×" + width + "×" + channels;
        }
    }

    final String name;
    final int height;
    final int width;
    final int channels;
    ValueRange range = ValueRange.UNIT;
    final List<Node> nodes = new ArrayList<>();

    private final Map<String, Integer> values = new LinkedHashMap<>(Map.of(IMAGE, 0));
    private int next;

    PlainModelBuilder(String name, int height, int width, int channels) {
        this.name = name;
        this.height = height;
        this.width = width;
        this.channels = channels;
    }

    /** The values that a pixel may take; [0, 1] otherwise. */
    public PlainModelBuilder range(float min, float max) {
        range = new ValueRange(min, max);
        return this;
    }

    /** Lets the next operation read the output of this one, or {@link #IMAGE}. */
    public PlainModelBuilder from(String operation) {
        next = value(operation);
        return this;
    }

    /**
     * A convolution.
     *
     * @param kernel (rows, columns, C, filters)
     * @param bias a value per filter
     */
    public PlainModelBuilder convolution(
            String operation, float[][][][] kernel, float[] bias, Extent stride, Padding padding) {
        Sides in = sides(next);
        requireKernel(operation, kernel, in.channels(), bias.length);
        return append(
                operation,
                new Linear.Convolution(
                        windows(in, new Extent(kernel.length, kernel[0].length), stride, padding),
                        in.channels(),
                        bias.length,
                        Weights.flat(kernel),
                        bias.clone()));
    }

    /**
     * A convolution of every channel by itself.
     *
     * @param kernel (rows, columns, C, multiples)
     * @param bias a value for each of C · multiples output channels; those of an input channel lie side by side
     */
    public PlainModelBuilder depthwiseConvolution(
            String operation, float[][][][] kernel, float[] bias, Extent stride, Padding padding) {
        Sides in = sides(next);
        int multiples = kernel[0][0][0].length;
        requireKernel(operation, kernel, in.channels(), multiples);
        require(operation, "biases", in.channels() * multiples, bias.length);
        return append(
                operation,
                new Linear.DepthwiseConvolution(
                        windows(in, new Extent(kernel.length, kernel[0].length), stride, padding),
                        in.channels(),
                        multiples,
                        Weights.flat(kernel),
                        bias.clone()));
    }

    /**
     * A dense layer over the flattened input.
     *
     * @param weights (h · w · c, units), rows in the order of the flattened (h, w, c) input
     * @param bias a value per unit
     */
    public PlainModelBuilder dense(String operation, float[][] weights, float[] bias) {
        return append(operation, new Linear.Dense(Weights.copy(sides(next).size(), weights), bias.clone()));
    }

    /** scale · x + shift, with a value of each per channel: a batch normalisation as it infers. */
    public PlainModelBuilder normalization(String operation, float[] scale, float[] shift) {
        Sides in = sides(next);
        return append(
                operation,
                new Linear.Normalization(
                        in.height(),
                        in.width(),
                        Weights.copy(in.channels(), scale),
                        Weights.copy(in.channels(), shift)));
    }

    /** max(0, x); its derivative at 0 is 0. */
    public PlainModelBuilder relu(String operation) {
        return activation(operation, true, x -> Math.max(0, x), x -> x > 0 ? 1 : 0);
    }

    /** min(max(0, x), 6). */
    public PlainModelBuilder relu6(String operation) {
        return activation(operation, true, x -> Math.min(Math.max(0, x), 6), x -> x > 0 && x < 6 ? 1 : 0);
    }

    /** x where it is above 0, else slope · x. */
    public PlainModelBuilder leakyRelu(String operation, float slope) {
        return activation(operation, true, x -> x > 0 ? x : slope * x, x -> x > 0 ? 1 : slope);
    }

    /** x where it is above 0, else exp(x) − 1. */
    public PlainModelBuilder elu(String operation) {
        return activation(operation, true, x -> x > 0 ? x : Math.expm1(x), x -> x > 0 ? 1 : Math.exp(x));
    }

    /** The hyperbolic tangent. */
    public PlainModelBuilder tanh(String operation) {
        return activation(operation, false, Math::tanh, x -> 1 - Math.tanh(x) * Math.tanh(x));
    }

    private PlainModelBuilder activation(
            String operation, boolean rectifier, DoubleUnaryOperator function, DoubleUnaryOperator derivative) {
        Sides in = sides(next);
        return append(
                operation,
                new Operation.Activation(in.height(), in.width(), in.channels(), rectifier, function, derivative));
    }

    /** The largest value of each window, of equal ones the first in row-major order; padding never wins. */
    public PlainModelBuilder maxPool(String operation, Extent window, Extent stride, Padding padding) {
        Sides in = sides(next);
        return append(operation, new Operation.MaxPool(windows(in, window, stride, padding), in.channels()));
    }

    /** The mean of each window; padding is not counted. */
    public PlainModelBuilder averagePool(String operation, Extent window, Extent stride, Padding padding) {
        Sides in = sides(next);
        return append(operation, new Linear.AveragePool(windows(in, window, stride, padding), in.channels()));
    }

    /** The mean of each channel over all places. */
    public PlainModelBuilder globalMean(String operation) {
        Extent whole = new Extent(sides(next).height(), sides(next).width());
        return averagePool(operation, whole, whole, Padding.VALID);
    }

    /** The sum of outputs of one shape, such as a residual block's. */
    public PlainModelBuilder add(String operation, String... summands) {
        Sides first = sides(value(summands[0]));
        for (String summand : summands) {
            if (!sides(value(summand)).equals(first)) {
                throw new IllegalArgumentException("'" + operation + "' adds '" + summand + "' of "
                        + sides(value(summand)) + " to '" + summands[0] + "' of " + first);
            }
        }
        return append(operation, new Operation.Sum(first.height(), first.width(), first.channels()), summands);
    }

    /** Outputs with equal places one after the other along their channels. */
    public PlainModelBuilder concatenate(String operation, String... parts) {
        Sides first = sides(value(parts[0]));
        int sum = 0;
        for (String part : parts) {
            Sides sides = sides(value(part));
            if (sides.height() != first.height() || sides.width() != first.width()) {
                throw new IllegalArgumentException("'" + operation + "' joins '" + part + "' of " + sides + " with '"
                        + parts[0] + "' of " + first);
            }
            sum += sides.channels();
        }
        return append(operation, new Operation.Concatenation(first.height(), first.width(), sum), parts);
    }

    /** exp(x) / Σ exp(x) over the places of one channel: attention. */
    public PlainModelBuilder softmax(String operation) {
        Sides in = sides(next);
        require(operation, "channels", 1, in.channels());
        return append(operation, new Operation.Softmax(in.height(), in.width()));
    }

    /**
     * Σ over places of weight · value.
     *
     * @param features whose output (h, w, c) is summed
     * @param weights whose output (h, w, 1) weighs it
     */
    public PlainModelBuilder weightedSum(String operation, String features, String weights) {
        Sides values = sides(value(features));
        require(
                operation,
                "weights",
                values.height() * values.width(),
                sides(value(weights)).size());
        return append(operation, new Operation.WeightedSum(values.channels()), features, weights);
    }

    /** The model. */
    public PlainModel build() {
        return new PlainModel(this);
    }

    private PlainModelBuilder append(String operation, Operation added, String... named) {
        List<Integer> inputs = new ArrayList<>();
        for (String input : named) {
            inputs.add(value(input));
        }
        nodes.add(new Node(operation, added, inputs.isEmpty() ? List.of(next) : List.copyOf(inputs)));
        next = nodes.size();
        if (values.put(operation, next) != null) {
            throw new IllegalArgumentException("two operations are called '" + operation + "'");
        }
        return this;
    }

    private int value(String operation) {
        Integer value = values.get(operation);
        if (value == null) {
            throw new IllegalArgumentException(
                    "there is no operation '" + operation + "' yet; there are " + String.join(", ", values.keySet()));
        }
        return value;
    }

    private Sides sides(int value) {
        if (value == 0) {
            return new Sides(height, width, channels);
        }
        Operation operation = nodes.get(value - 1).operation();
        return new Sides(operation.height(), operation.width(), operation.channels());
    }

    private static Windows windows(Sides in, Extent size, Extent stride, Padding padding) {
        return new Windows(in.height(), in.width(), size, stride, padding);
    }

    private static void requireKernel(String operation, float[][][][] kernel, int channels, int filters) {
        for (float[][][] row : kernel) {
            require(operation, "columns of its kernel", kernel[0].length, row.length);
            for (float[][] place : row) {
                require(operation, "input channels of its kernel", channels, place.length);
                for (float[] weights : place) {
                    require(operation, "filters of its kernel", filters, weights.length);
                }
            }
        }
    }

    private static void require(String operation, String what, int expected, int found) {
        if (expected != found) {
            throw new IllegalArgumentException(
                    "'" + operation + "' has " + found + " " + what + ", expected " + expected);
        }
    }
}

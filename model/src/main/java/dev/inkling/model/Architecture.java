package dev.inkling.model;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature.Layer;
import java.util.ArrayList;
import java.util.List;

/**
 * The shape of the network: blocks of 3×3 SAME convolutions, each with batch normalisation and ReLU; 2×2 max-pooling after
 * every block but the last; global average pooling; a dense layer with ReLU and dropout; the logits.
 *
 * @param height H of the input
 * @param width W of the input
 * @param channels C of the input
 * @param classes K
 * @param blocks output channels of each block's convolutions
 * @param convolutions convolutions per block
 * @param units width of the dense layer
 * @param dropout probability in [0, 1) that a unit of the dense layer is dropped in training
 */
public record Architecture(
        int height,
        int width,
        int channels,
        int classes,
        List<Integer> blocks,
        int convolutions,
        int units,
        double dropout) {

    public Architecture {
        blocks = List.copyOf(blocks);
        if (height < 1 || width < 1 || channels < 1 || convolutions < 1 || units < 1 || blocks.isEmpty()) {
            throw new InvalidInputException(
                    "every size of an architecture must be at least 1, found %dx%dx%d, blocks %s of"
                            + " %d convolutions, %d units",
                    height, width, channels, blocks, convolutions, units);
        }
        if (classes < 2) {
            throw new InvalidInputException("a classifier needs at least 2 classes, found %d", classes);
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new InvalidInputException("dropout is %s, expected 0 to below 1", dropout);
        }
        int halvings = blocks.size() - 1;
        if (height >> halvings < 1 || width >> halvings < 1) {
            throw new InvalidInputException(
                    "images of %d×%d are too small to be halved %d times", height, width, halvings);
        }
    }

    /** The network that Inkling trains unless told otherwise; for 28×28×1 and 10 classes it has 322,922 parameters. */
    public static Architecture reference(int height, int width, int channels, int classes) {
        return new Architecture(height, width, channels, classes, List.of(32, 64, 128), 2, 256, 0.5);
    }

    /** One trainable array. */
    public record Parameter(String name, List<Long> shape) {

        /** The number of its values. */
        public long size() {
            return shape.stream().reduce(1L, (a, b) -> a * b);
        }
    }

    /** All trainable arrays, by name, in the order of the forward pass. */
    public List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        for (Convolution convolution : convolutionLayers()) {
            long in = convolution.inputs();
            long out = convolution.layer().channels();
            String name = convolution.layer().name();
            parameters.add(new Parameter(name + "/kernel", List.of(3L, 3L, in, out)));
            parameters.add(new Parameter(name + "/bias", List.of(out)));
            parameters.add(new Parameter(name + "/gamma", List.of(out)));
            parameters.add(new Parameter(name + "/beta", List.of(out)));
        }
        long features = blocks.get(blocks.size() - 1);
        parameters.add(new Parameter("dense/kernel", List.of(features, (long) units)));
        parameters.add(new Parameter("dense/bias", List.of((long) units)));
        parameters.add(new Parameter("logits/kernel", List.of((long) units, (long) classes)));
        parameters.add(new Parameter("logits/bias", List.of((long) classes)));
        return parameters;
    }

    /** The number of trainable values. */
    public long parameterCount() {
        return parameters().stream().mapToLong(Parameter::size).sum();
    }

    /** A convolution layer and the channels that go into it. */
    record Convolution(Layer layer, int inputs) {}

    List<Convolution> convolutionLayers() {
        List<Convolution> layers = new ArrayList<>();
        int inputs = channels;
        for (int block = 0; block < blocks.size(); block++) {
            for (int i = 1; i <= convolutions; i++) {
                layers.add(new Convolution(
                        new Layer(
                                "block" + (block + 1) + "/conv" + i,
                                Layer.Kind.CONVOLUTION,
                                height >> block,
                                width >> block,
                                blocks.get(block)),
                        inputs));
                inputs = blocks.get(block);
            }
        }
        return layers;
    }
}

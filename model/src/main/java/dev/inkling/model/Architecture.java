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
 * @param design the rest of its shape
 */
public record Architecture(int height, int width, int channels, int classes, Design design) {

    public Architecture {
        if (height < 1 || width < 1 || channels < 1) {
            throw new InvalidInputException(
                    "every side of an image must be at least 1, found %d×%d×%d", height, width, channels);
        }
        if (classes < 2) {
            throw new InvalidInputException("a classifier needs at least 2 classes, found %d", classes);
        }
        int halvings = design.blocks().size() - 1;
        if (height >> halvings < 1 || width >> halvings < 1) {
            throw new InvalidInputException(
                    "images of %d×%d are too small to be halved %d times", height, width, halvings);
        }
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
        long features = design.blocks().get(design.blocks().size() - 1);
        parameters.add(new Parameter("dense/kernel", List.of(features, (long) design.units())));
        parameters.add(new Parameter("dense/bias", List.of((long) design.units())));
        parameters.add(new Parameter("logits/kernel", List.of((long) design.units(), (long) classes)));
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
        for (int block = 0; block < design.blocks().size(); block++) {
            for (int i = 1; i <= design.convolutions(); i++) {
                layers.add(new Convolution(
                        new Layer(
                                "block" + (block + 1) + "/conv" + i,
                                Layer.Kind.CONVOLUTION,
                                height >> block,
                                width >> block,
                                design.blocks().get(block)),
                        inputs));
                inputs = design.blocks().get(block);
            }
        }
        return layers;
    }
}

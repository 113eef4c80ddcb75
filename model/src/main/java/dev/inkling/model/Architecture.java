package dev.inkling.model;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The shape of the network: blocks of 3×3 SAME convolutions, each with batch normalisation and ReLU; 2×2 max-pooling after
 * every block but the last; global average pooling; a dense layer with ReLU and dropout; the logits.
 *
 * <p>Where the design is residual, each block's input is added to its last convolution before the ReLU, through a normalised
 * 1×1 convolution {@code shortcut} where the numbers of channels differ. Where it has attention, a 1×1 convolution gives every
 * place a score, and the softmax of the scores weighs the places in the pooling.
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
        int most = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(Math.min(height, width));
        if (halvings > most) {
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
        for (Convolution convolution : convolutions()) {
            long out = convolution.layer().channels();
            String name = convolution.layer().name();
            parameters.add(new Parameter(
                    name + "/kernel",
                    List.of((long) convolution.side(), (long) convolution.side(), (long) convolution.inputs(), out)));
            parameters.add(new Parameter(name + "/bias", List.of(out)));
            parameters.add(new Parameter(name + "/gamma", List.of(out)));
            parameters.add(new Parameter(name + "/beta", List.of(out)));
        }
        long features = features().channels();
        if (design.attention()) {
            parameters.add(new Parameter("attention/kernel", List.of(1L, 1L, features, 1L)));
            parameters.add(new Parameter("attention/bias", List.of(1L)));
        }
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

    /** A convolution layer with batch normalisation: the rows and columns of its kernel, and the channels that go into it. */
    record Convolution(Layer layer, int side, int inputs) {}

    /**
     * Convolutions at one resolution.
     *
     * @param path one after the other
     * @param sum where the block's input is added, if it is. A layer of convolutions, for it is what they make of the block's
     *     input and where their activation function is: class activation maps look at the last one
     * @param shortcut what fits the block's input to the sum, if it needs to
     */
    record Block(String name, List<Convolution> path, Optional<Layer> sum, Optional<Convolution> shortcut) {}

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        int inputs = channels;
        for (int size : design.blocks()) {
            int halvings = blocks.size();
            String name = "block" + (halvings + 1);
            List<Convolution> path = new ArrayList<>();
            for (int i = 1; i <= design.convolutions(); i++) {
                path.add(new Convolution(layer(name + "/conv" + i, halvings, size), 3, i == 1 ? inputs : size));
            }
            blocks.add(new Block(
                    name,
                    path,
                    design.residual() ? Optional.of(layer(name + "/sum", halvings, size)) : Optional.empty(),
                    design.residual() && inputs != size
                            ? Optional.of(new Convolution(layer(name + "/shortcut", halvings, size), 1, inputs))
                            : Optional.empty()));
            inputs = size;
        }
        return blocks;
    }

    private Layer layer(String name, int halvings, int size) {
        return new Layer(name, Layer.Kind.CONVOLUTION, height >> halvings, width >> halvings, size);
    }

    /** Every convolution that is batch-normalised, in the order of the forward pass. */
    List<Convolution> convolutions() {
        List<Convolution> convolutions = new ArrayList<>();
        for (Block block : blocks()) {
            convolutions.addAll(block.path());
            block.shortcut().ifPresent(convolutions::add);
        }
        return convolutions;
    }

    /** The last layer that still has places: what is pooled. */
    Layer features() {
        List<Block> blocks = blocks();
        Block last = blocks.get(blocks.size() - 1);
        return last.sum().orElse(last.path().get(design.convolutions() - 1).layer());
    }
}

package dev.inkling.model;

import dev.inkling.spi.Extent;
import dev.inkling.tck.Padding;
import dev.inkling.tck.PlainModel;
import dev.inkling.tck.PlainModelBuilder;
import java.util.Map;

/**
 * The network a second time, in the TCK's plain arithmetic: its layers have the names of the first, and it shares nothing else
 * with it but the names of the weights.
 */
final class PlainNetwork {

    private static final Extent ONE = new Extent(1, 1);
    private static final Extent TWO = new Extent(2, 2);

    private final Map<String, float[]> weights;
    private final boolean folded;
    private final PlainModelBuilder builder;

    private PlainNetwork(Architecture architecture, Map<String, float[]> weights, boolean folded) {
        this.weights = weights;
        this.folded = folded;
        this.builder =
                PlainModel.builder("plain", architecture.height(), architecture.width(), architecture.channels());
    }

    /** @param folded whether batch normalisation is applied to the weights beforehand or is an operation of its own */
    static PlainModel of(Architecture architecture, Map<String, float[]> weights, boolean folded) {
        return new PlainNetwork(architecture, weights, folded).build(architecture);
    }

    private PlainModel build(Architecture architecture) {
        Design design = architecture.design();
        int inputs = architecture.channels();
        String last = PlainModelBuilder.IMAGE;
        for (int block = 1; block <= design.blocks().size(); block++) {
            int outputs = design.blocks().get(block - 1);
            String name = "block" + block;
            String before = last;
            for (int i = 1; i <= design.convolutions(); i++) {
                last = name + "/conv" + i;
                boolean endsResidual = design.residual() && i == design.convolutions();
                normalised(last, endsResidual ? last : last + "/linear", 3, i == 1 ? inputs : outputs, outputs);
                if (!endsResidual) {
                    builder.relu(last);
                }
            }
            if (design.residual()) {
                String around = before;
                if (inputs != outputs) {
                    around = name + "/shortcut";
                    builder.from(before);
                    normalised(around, around, 1, inputs, outputs);
                }
                builder.add(name + "/add", last, around);
                last = name + "/sum";
                builder.relu(last);
            }
            if (block < design.blocks().size()) {
                last = name + "/pool";
                builder.maxPool(last, TWO, TWO, Padding.VALID);
            }
            inputs = outputs;
        }
        if (design.attention()) {
            builder.convolution(
                            "attention/scores",
                            kernel(weights.get("attention/kernel"), 1, inputs, 1),
                            weights.get("attention/bias"),
                            ONE,
                            Padding.VALID)
                    .softmax("attention")
                    .weightedSum("pool", last, "attention");
        } else {
            builder.globalMean("pool");
        }
        dense("dense/linear", "dense", inputs, design.units());
        builder.relu("dense");
        dense("logits", "logits", design.units(), architecture.classes());
        return builder.build();
    }

    /**
     * Adds a convolution and its batch normalisation.
     *
     * @param result what the last operation is called
     */
    private void normalised(String name, String result, int side, int inputs, int outputs) {
        float[] kernel = weights.get(name + "/kernel").clone();
        float[] bias = weights.get(name + "/bias").clone();
        float[] scale = new float[outputs];
        float[] shift = new float[outputs];
        for (int c = 0; c < outputs; c++) {
            double s = weights.get(name + "/gamma")[c] / Math.sqrt(weights.get(name + "/variance")[c] + 1e-3);
            scale[c] = (float) s;
            shift[c] = (float) (weights.get(name + "/beta")[c] - s * weights.get(name + "/mean")[c]);
        }
        if (folded) {
            for (int k = 0; k < kernel.length; k++) {
                kernel[k] *= scale[k % outputs];
            }
            for (int c = 0; c < outputs; c++) {
                bias[c] = bias[c] * scale[c] + shift[c];
            }
        }
        String product = folded ? result : result + "/product";
        builder.convolution(product, kernel(kernel, side, inputs, outputs), bias, ONE, Padding.SAME);
        if (!folded) {
            builder.normalization(result, scale, shift);
        }
    }

    private void dense(String operation, String name, int inputs, int outputs) {
        float[][] rows = new float[inputs][outputs];
        for (int i = 0; i < inputs * outputs; i++) {
            rows[i / outputs][i % outputs] = weights.get(name + "/kernel")[i];
        }
        builder.dense(operation, rows, weights.get(name + "/bias"));
    }

    private static float[][][][] kernel(float[] flat, int side, int inputs, int outputs) {
        float[][][][] kernel = new float[side][side][inputs][outputs];
        for (int i = 0; i < flat.length; i++) {
            kernel[i / outputs / inputs / side][i / outputs / inputs % side][i / outputs % inputs][i % outputs] =
                    flat[i];
        }
        return kernel;
    }
}

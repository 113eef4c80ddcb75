package dev.inkling.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A second implementation of the network, in double precision and plain loops, with the backward passes written out by hand.
 * It shares nothing with the first but the names of the weights.
 */
final class PlainNetwork {

    /** What the backward pass does at each kind of layer. */
    enum Backward {
        CHAIN,
        GUIDED,
        DECONVNET,
        LRP
    }

    private record Volume(int h, int w, int c, double[] v) {
        Volume(int h, int w, int c) {
            this(h, w, c, new double[h * w * c]);
        }
    }

    private interface Step {
        Volume forward(Volume x);

        /** @param g what came back to the output y = forward(x) */
        Volume backward(Volume x, Volume y, Volume g, Backward mode, double epsilon);
    }

    private final Architecture architecture;
    private final Map<String, float[]> weights;
    private final boolean folded;
    private final Chain network;

    /** What each layer put out when the network last ran, and what is to be added to one value of one layer. */
    private final Map<String, double[]> outputs = new LinkedHashMap<>();

    private String disturbed = "";
    private int disturbedAt;
    private double disturbance;

    /** @param folded whether batch normalisation is applied to the weights beforehand or as a step of its own */
    PlainNetwork(Architecture architecture, Map<String, float[]> weights, boolean folded) {
        this.architecture = architecture;
        this.weights = weights;
        this.folded = folded;
        List<Step> steps = new ArrayList<>();
        Design design = architecture.design();
        int inputs = architecture.channels();
        for (int block = 1; block <= design.blocks().size(); block++) {
            int outputs = design.blocks().get(block - 1);
            String name = "block" + block;
            List<Step> path = new ArrayList<>();
            for (int i = 1; i <= design.convolutions(); i++) {
                normalised(path, name + "/conv" + i, 1, i == 1 ? inputs : outputs, outputs);
                if (!(design.residual() && i == design.convolutions())) {
                    path.add(new Relu());
                }
                path.add(new Tap(name + "/conv" + i));
            }
            if (design.residual()) {
                List<Step> around = new ArrayList<>();
                if (inputs != outputs) {
                    normalised(around, name + "/shortcut", 0, inputs, outputs);
                    around.add(new Tap(name + "/shortcut"));
                }
                steps.add(new Residual(new Chain(path), new Chain(around)));
                steps.add(new Relu());
                steps.add(new Tap(name + "/sum"));
            } else {
                steps.addAll(path);
            }
            if (block < design.blocks().size()) {
                steps.add(new MaxPool());
                steps.add(new Tap(name + "/pool"));
            }
            inputs = outputs;
        }
        steps.add(
                design.attention()
                        ? new AttentionPool(
                                doubles(weights.get("attention/kernel")),
                                weights.get("attention/bias")[0],
                                new Tap("attention"))
                        : new Mean());
        steps.add(new Tap("pool"));
        steps.add(new Dense(doubles(weights.get("dense/kernel")), doubles(weights.get("dense/bias"))));
        steps.add(new Relu());
        steps.add(new Tap("dense"));
        steps.add(new Dense(doubles(weights.get("logits/kernel")), doubles(weights.get("logits/bias"))));
        steps.add(new Tap("logits"));
        this.network = new Chain(steps);
    }

    /** Adds a convolution, its kernel reaching so many pixels from its middle, and its batch normalisation. */
    private void normalised(List<Step> steps, String name, int reach, int inputs, int outputs) {
        double[] kernel = doubles(weights.get(name + "/kernel"));
        double[] bias = doubles(weights.get(name + "/bias"));
        double[] scale = new double[outputs];
        double[] shift = new double[outputs];
        for (int c = 0; c < outputs; c++) {
            scale[c] = weights.get(name + "/gamma")[c] / Math.sqrt(weights.get(name + "/variance")[c] + 1e-3);
            shift[c] = weights.get(name + "/beta")[c] - scale[c] * weights.get(name + "/mean")[c];
        }
        if (folded) {
            for (int k = 0; k < kernel.length; k++) {
                kernel[k] *= scale[k % outputs];
            }
            for (int c = 0; c < outputs; c++) {
                bias[c] = bias[c] * scale[c] + shift[c];
            }
        }
        steps.add(new Convolution(kernel, bias, reach, inputs, outputs));
        if (!folded) {
            steps.add(new Affine(scale, shift));
        }
    }

    private Volume volume(double[] image) {
        return new Volume(architecture.height(), architecture.width(), architecture.channels(), image);
    }

    double[] logits(double[] image) {
        return network.forward(volume(image)).v();
    }

    /** The logits where one value of a layer's output is changed on its way. */
    double[] logits(double[] image, String layer, int at, double by) {
        disturbed = layer;
        disturbedAt = at;
        disturbance = by;
        try {
            return logits(image);
        } finally {
            disturbed = "";
        }
    }

    /** Every layer's output, by name, in the order of the forward pass. */
    Map<String, double[]> layers(double[] image) {
        outputs.clear();
        logits(image);
        return Map.copyOf(outputs);
    }

    double[] backward(double[] image, double[] targets, Backward mode, double epsilon) {
        Volume logits = network.forward(volume(image));
        Volume g = new Volume(1, 1, logits.c());
        for (int k = 0; k < logits.c(); k++) {
            g.v()[k] = mode == Backward.LRP ? targets[k] * logits.v()[k] : targets[k];
        }
        return network.backward(volume(image), logits, g, mode, epsilon).v();
    }

    /** One step after the other. */
    private record Chain(List<Step> steps) implements Step {

        @Override
        public Volume forward(Volume x) {
            Volume y = x;
            for (Step step : steps) {
                y = step.forward(y);
            }
            return y;
        }

        @Override
        public Volume backward(Volume x, Volume y, Volume g, Backward mode, double epsilon) {
            List<Volume> values = new ArrayList<>(List.of(x));
            for (Step step : steps) {
                values.add(step.forward(values.get(values.size() - 1)));
            }
            Volume back = g;
            for (int i = steps.size() - 1; i >= 0; i--) {
                back = steps.get(i).backward(values.get(i), values.get(i + 1), back, mode, epsilon);
            }
            return back;
        }
    }

    /** Where a layer ends: keeps its output, or disturbs it. */
    private final class Tap implements Step {

        private final String layer;

        Tap(String layer) {
            this.layer = layer;
        }

        @Override
        public Volume forward(Volume x) {
            outputs.put(layer, x.v());
            if (!layer.equals(disturbed)) {
                return x;
            }
            Volume y = new Volume(x.h(), x.w(), x.c(), x.v().clone());
            y.v()[disturbedAt] += disturbance;
            return y;
        }

        @Override
        public Volume backward(Volume x, Volume y, Volume g, Backward mode, double epsilon) {
            return g;
        }
    }

    /** path(x) + around(x). */
    private record Residual(Step path, Step around) implements Step {

        @Override
        public Volume forward(Volume x) {
            return plus(path.forward(x), around.forward(x));
        }

        @Override
        public Volume backward(Volume x, Volume y, Volume g, Backward mode, double epsilon) {
            if (mode == Backward.LRP) {
                throw new UnsupportedOperationException("LRP has no rule for residual sums");
            }
            return plus(
                    path.backward(x, path.forward(x), g, mode, epsilon),
                    around.backward(x, around.forward(x), g, mode, epsilon));
        }

        private static Volume plus(Volume a, Volume b) {
            Volume sum = new Volume(a.h(), a.w(), a.c());
            for (int i = 0; i < sum.v().length; i++) {
                sum.v()[i] = a.v()[i] + b.v()[i];
            }
            return sum;
        }
    }

    /** y_c = Σ_p a_p · x_pc with a = softmax over places p of s_p = Σ_c k_c · x_pc + b. */
    private record AttentionPool(double[] kernel, double bias, Tap tap) implements Step {

        private double[] attention(Volume x) {
            Volume a = new Volume(x.h(), x.w(), 1);
            double sum = 0;
            for (int p = 0; p < a.v().length; p++) {
                double score = bias;
                for (int c = 0; c < x.c(); c++) {
                    score += kernel[c] * x.v()[p * x.c() + c];
                }
                a.v()[p] = Math.exp(score);
                sum += a.v()[p];
            }
            for (int p = 0; p < a.v().length; p++) {
                a.v()[p] /= sum;
            }
            return tap.forward(a).v();
        }

        @Override
        public Volume forward(Volume x) {
            double[] a = attention(x);
            Volume y = new Volume(1, 1, x.c());
            for (int i = 0; i < x.v().length; i++) {
                y.v()[i % x.c()] += a[i / x.c()] * x.v()[i];
            }
            return y;
        }

        @Override
        public Volume backward(Volume x, Volume y, Volume g, Backward mode, double epsilon) {
            if (mode == Backward.LRP) {
                throw new UnsupportedOperationException("LRP has no rule for attention");
            }
            double[] a = attention(x);
            double[] toAttention = new double[a.length];
            double mean = 0;
            for (int i = 0; i < x.v().length; i++) {
                toAttention[i / x.c()] += g.v()[i % x.c()] * x.v()[i];
                mean += a[i / x.c()] * g.v()[i % x.c()] * x.v()[i];
            }
            Volume back = new Volume(x.h(), x.w(), x.c());
            for (int i = 0; i < x.v().length; i++) {
                int p = i / x.c();
                int c = i % x.c();
                back.v()[i] = a[p] * g.v()[c] + a[p] * (toAttention[p] - mean) * kernel[c];
            }
            return back;
        }
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    /** For a linear step: g / (y + ε sign y) on the way in and × x on the way out where relevance is propagated. */
    private static Volume ratio(Volume y, Volume g, Backward mode, double epsilon) {
        if (mode != Backward.LRP) {
            return g;
        }
        Volume s = new Volume(y.h(), y.w(), y.c());
        for (int i = 0; i < s.v().length; i++) {
            s.v()[i] = g.v()[i] / (y.v()[i] + (y.v()[i] >= 0 ? epsilon : -epsilon));
        }
        return s;
    }

    private static Volume times(Volume x, Volume back, Backward mode) {
        if (mode == Backward.LRP) {
            for (int i = 0; i < back.v().length; i++) {
                back.v()[i] *= x.v()[i];
            }
        }
        return back;
    }

    private record Convolution(double[] kernel, double[] bias, int reach, int inputs, int outputs) implements Step {

        @Override
        public Volume forward(Volume x) {
            Volume y = new Volume(x.h(), x.w(), outputs);
            int side = 2 * reach + 1;
            for (int r = 0; r < x.h(); r++) {
                for (int q = 0; q < x.w(); q++) {
                    int at = (r * x.w() + q) * outputs;
                    System.arraycopy(bias, 0, y.v(), at, outputs);
                    for (int dr = -reach; dr <= reach; dr++) {
                        for (int dq = -reach; dq <= reach; dq++) {
                            if (r + dr < 0 || r + dr >= x.h() || q + dq < 0 || q + dq >= x.w()) {
                                continue;
                            }
                            for (int i = 0; i < inputs; i++) {
                                double value = x.v()[((r + dr) * x.w() + q + dq) * inputs + i];
                                int k = (((dr + reach) * side + dq + reach) * inputs + i) * outputs;
                                for (int o = 0; o < outputs; o++) {
                                    y.v()[at + o] += value * kernel[k + o];
                                }
                            }
                        }
                    }
                }
            }
            return y;
        }

        @Override
        public Volume backward(Volume x, Volume y, Volume g, Backward mode, double epsilon) {
            Volume s = ratio(y, g, mode, epsilon);
            Volume back = new Volume(x.h(), x.w(), inputs);
            int side = 2 * reach + 1;
            for (int r = 0; r < x.h(); r++) {
                for (int q = 0; q < x.w(); q++) {
                    for (int dr = -reach; dr <= reach; dr++) {
                        for (int dq = -reach; dq <= reach; dq++) {
                            if (r + dr < 0 || r + dr >= x.h() || q + dq < 0 || q + dq >= x.w()) {
                                continue;
                            }
                            for (int i = 0; i < inputs; i++) {
                                int k = (((dr + reach) * side + dq + reach) * inputs + i) * outputs;
                                double sum = 0;
                                for (int o = 0; o < outputs; o++) {
                                    sum += kernel[k + o] * s.v()[(r * x.w() + q) * outputs + o];
                                }
                                back.v()[((r + dr) * x.w() + q + dq) * inputs + i] += sum;
                            }
                        }
                    }
                }
            }
            return times(x, back, mode);
        }
    }

    private record Affine(double[] scale, double[] shift) implements Step {

        @Override
        public Volume forward(Volume x) {
            Volume y = new Volume(x.h(), x.w(), x.c());
            for (int i = 0; i < y.v().length; i++) {
                y.v()[i] = x.v()[i] * scale[i % x.c()] + shift[i % x.c()];
            }
            return y;
        }

        @Override
        public Volume backward(Volume x, Volume y, Volume g, Backward mode, double epsilon) {
            throw new UnsupportedOperationException("backward passes run on the folded network");
        }
    }

    private record Relu() implements Step {

        @Override
        public Volume forward(Volume x) {
            Volume y = new Volume(x.h(), x.w(), x.c());
            for (int i = 0; i < y.v().length; i++) {
                y.v()[i] = Math.max(0, x.v()[i]);
            }
            return y;
        }

        @Override
        public Volume backward(Volume x, Volume y, Volume g, Backward mode, double epsilon) {
            Volume back = new Volume(x.h(), x.w(), x.c());
            for (int i = 0; i < back.v().length; i++) {
                double v = g.v()[i];
                boolean open = x.v()[i] > 0;
                back.v()[i] = switch (mode) {
                    case CHAIN -> open ? v : 0;
                    case GUIDED -> open && v > 0 ? v : 0;
                    case DECONVNET -> v > 0 ? v : 0;
                    case LRP -> v;
                };
            }
            return back;
        }
    }

    private record MaxPool() implements Step {

        @Override
        public Volume forward(Volume x) {
            Volume y = new Volume(x.h() / 2, x.w() / 2, x.c());
            for (int r = 0; r < y.h(); r++) {
                for (int q = 0; q < y.w(); q++) {
                    for (int c = 0; c < y.c(); c++) {
                        y.v()[(r * y.w() + q) * y.c() + c] = x.v()[winner(x, r, q, c)];
                    }
                }
            }
            return y;
        }

        @Override
        public Volume backward(Volume x, Volume y, Volume g, Backward mode, double epsilon) {
            Volume back = new Volume(x.h(), x.w(), x.c());
            for (int r = 0; r < y.h(); r++) {
                for (int q = 0; q < y.w(); q++) {
                    for (int c = 0; c < y.c(); c++) {
                        back.v()[winner(x, r, q, c)] += g.v()[(r * y.w() + q) * y.c() + c];
                    }
                }
            }
            return back;
        }

        /** The first maximum of the window in row-major order. */
        private static int winner(Volume x, int r, int q, int c) {
            int best = -1;
            for (int dr = 0; dr < 2; dr++) {
                for (int dq = 0; dq < 2; dq++) {
                    int at = ((2 * r + dr) * x.w() + 2 * q + dq) * x.c() + c;
                    if (best < 0 || x.v()[at] > x.v()[best]) {
                        best = at;
                    }
                }
            }
            return best;
        }
    }

    private record Mean() implements Step {

        @Override
        public Volume forward(Volume x) {
            Volume y = new Volume(1, 1, x.c());
            for (int i = 0; i < x.v().length; i++) {
                y.v()[i % x.c()] += x.v()[i] / (x.h() * x.w());
            }
            return y;
        }

        @Override
        public Volume backward(Volume x, Volume y, Volume g, Backward mode, double epsilon) {
            Volume s = ratio(y, g, mode, epsilon);
            Volume back = new Volume(x.h(), x.w(), x.c());
            for (int i = 0; i < back.v().length; i++) {
                back.v()[i] = s.v()[i % x.c()] / (x.h() * x.w());
            }
            return times(x, back, mode);
        }
    }

    private record Dense(double[] kernel, double[] bias) implements Step {

        @Override
        public Volume forward(Volume x) {
            Volume y = new Volume(1, 1, bias.length);
            for (int o = 0; o < bias.length; o++) {
                y.v()[o] = bias[o];
                for (int i = 0; i < x.c(); i++) {
                    y.v()[o] += x.v()[i] * kernel[i * bias.length + o];
                }
            }
            return y;
        }

        @Override
        public Volume backward(Volume x, Volume y, Volume g, Backward mode, double epsilon) {
            Volume s = ratio(y, g, mode, epsilon);
            Volume back = new Volume(1, 1, x.c());
            for (int i = 0; i < x.c(); i++) {
                for (int o = 0; o < bias.length; o++) {
                    back.v()[i] += kernel[i * bias.length + o] * s.v()[o];
                }
            }
            return times(x, back, mode);
        }
    }
}

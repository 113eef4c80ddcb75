package dev.inkling.model;

import java.util.ArrayList;
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

    private final List<Step> steps = new ArrayList<>();
    private final Architecture architecture;

    /** @param folded whether batch normalisation is applied to the weights beforehand or as a step of its own */
    PlainNetwork(Architecture architecture, Map<String, float[]> weights, boolean folded) {
        this.architecture = architecture;
        int inputs = architecture.channels();
        for (int block = 1; block <= architecture.design().blocks().size(); block++) {
            int outputs = architecture.design().blocks().get(block - 1);
            for (int i = 1; i <= architecture.design().convolutions(); i++) {
                String name = "block" + block + "/conv" + i;
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
                    steps.add(new Convolution(kernel, bias, inputs, outputs));
                } else {
                    steps.add(new Convolution(kernel, bias, inputs, outputs));
                    steps.add(new Affine(scale, shift));
                }
                steps.add(new Relu());
                inputs = outputs;
            }
            if (block < architecture.design().blocks().size()) {
                steps.add(new MaxPool());
            }
        }
        steps.add(new Mean());
        steps.add(new Dense(doubles(weights.get("dense/kernel")), doubles(weights.get("dense/bias"))));
        steps.add(new Relu());
        steps.add(new Dense(doubles(weights.get("logits/kernel")), doubles(weights.get("logits/bias"))));
    }

    double[] logits(double[] image) {
        Volume x = new Volume(architecture.height(), architecture.width(), architecture.channels(), image);
        for (Step step : steps) {
            x = step.forward(x);
        }
        return x.v();
    }

    double[] backward(double[] image, double[] targets, Backward mode, double epsilon) {
        List<Volume> values = new ArrayList<>();
        values.add(new Volume(architecture.height(), architecture.width(), architecture.channels(), image));
        for (Step step : steps) {
            values.add(step.forward(values.get(values.size() - 1)));
        }
        Volume logits = values.get(steps.size());
        Volume g = new Volume(1, 1, logits.c());
        for (int k = 0; k < logits.c(); k++) {
            g.v()[k] = mode == Backward.LRP ? targets[k] * logits.v()[k] : targets[k];
        }
        for (int i = steps.size() - 1; i >= 0; i--) {
            g = steps.get(i).backward(values.get(i), values.get(i + 1), g, mode, epsilon);
        }
        return g.v();
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

    private record Convolution(double[] kernel, double[] bias, int inputs, int outputs) implements Step {

        @Override
        public Volume forward(Volume x) {
            Volume y = new Volume(x.h(), x.w(), outputs);
            for (int r = 0; r < x.h(); r++) {
                for (int q = 0; q < x.w(); q++) {
                    int at = (r * x.w() + q) * outputs;
                    System.arraycopy(bias, 0, y.v(), at, outputs);
                    for (int dr = -1; dr <= 1; dr++) {
                        for (int dq = -1; dq <= 1; dq++) {
                            if (r + dr < 0 || r + dr >= x.h() || q + dq < 0 || q + dq >= x.w()) {
                                continue;
                            }
                            for (int i = 0; i < inputs; i++) {
                                double value = x.v()[((r + dr) * x.w() + q + dq) * inputs + i];
                                int k = (((dr + 1) * 3 + dq + 1) * inputs + i) * outputs;
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
            for (int r = 0; r < x.h(); r++) {
                for (int q = 0; q < x.w(); q++) {
                    for (int dr = -1; dr <= 1; dr++) {
                        for (int dq = -1; dq <= 1; dq++) {
                            if (r + dr < 0 || r + dr >= x.h() || q + dq < 0 || q + dq >= x.w()) {
                                continue;
                            }
                            for (int i = 0; i < inputs; i++) {
                                int k = (((dr + 1) * 3 + dq + 1) * inputs + i) * outputs;
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

package dev.inkling.tck;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** One step of a {@link PlainModel}: flat row-major (h, w, c) arrays in and out, in double precision. */
interface Operation {

    /** Rows of the output. */
    int height();

    /** Columns of the output. */
    int width();

    /** Values per place of the output. */
    int channels();

    /** Values of the output. */
    default int size() {
        return height() * width() * channels();
    }

    double[] forward(List<double[]> inputs);

    /** The vector-Jacobian product with each input. */
    List<double[]> backward(List<double[]> inputs, double[] gradient);

    /**
     * A function of each value, of its input's shape.
     *
     * @param rectifier whether it is of the ReLU family
     */
    record Activation(
            int height,
            int width,
            int channels,
            boolean rectifier,
            DoubleUnaryOperator function,
            DoubleUnaryOperator derivative)
            implements Operation {

        @Override
        public double[] forward(List<double[]> inputs) {
            return Arrays.stream(inputs.get(0)).map(function).toArray();
        }

        @Override
        public List<double[]> backward(List<double[]> inputs, double[] gradient) {
            double[] back = Arrays.stream(inputs.get(0)).map(derivative).toArray();
            for (int i = 0; i < back.length; i++) {
                back[i] = back[i] == 0 ? 0 : back[i] * gradient[i];
            }
            return List.of(back);
        }
    }

    /** The largest value that a window covers, channel by channel; of several the first in row-major order. */
    record MaxPool(Windows windows, int channels) implements Operation {

        @Override
        public int height() {
            return windows.height();
        }

        @Override
        public int width() {
            return windows.width();
        }

        /** Index of the winner of each output value. */
        int[] winners(double[] input) {
            int[] winners = new int[size()];
            Arrays.fill(winners, -1);
            windows.forEach((in, within, out) -> {
                for (int c = 0; c < channels; c++) {
                    int best = winners[out * channels + c];
                    if (best < 0 || input[in * channels + c] > input[best]) {
                        winners[out * channels + c] = in * channels + c;
                    }
                }
            });
            return winners;
        }

        @Override
        public double[] forward(List<double[]> inputs) {
            return Arrays.stream(winners(inputs.get(0)))
                    .mapToDouble(winner -> inputs.get(0)[winner])
                    .toArray();
        }

        @Override
        public List<double[]> backward(List<double[]> inputs, double[] gradient) {
            double[] back = new double[inputs.get(0).length];
            int[] winners = winners(inputs.get(0));
            for (int i = 0; i < winners.length; i++) {
                back[winners[i]] += gradient[i];
            }
            return List.of(back);
        }
    }

    /** The sum of inputs of one shape. */
    record Sum(int height, int width, int channels) implements Operation {

        @Override
        public double[] forward(List<double[]> inputs) {
            double[] sum = new double[size()];
            for (double[] input : inputs) {
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += input[i];
                }
            }
            return sum;
        }

        @Override
        public List<double[]> backward(List<double[]> inputs, double[] gradient) {
            return inputs.stream().map(input -> gradient.clone()).toList();
        }
    }

    /** Inputs with equal places one after the other along their channels. */
    record Concatenation(int height, int width, int channels) implements Operation {

        private interface Visitor {
            void visit(int input, int in, int out);
        }

        private void forEach(List<double[]> inputs, Visitor visitor) {
            int before = 0;
            for (int input = 0; input < inputs.size(); input++) {
                int own = inputs.get(input).length / (height * width);
                for (int i = 0; i < inputs.get(input).length; i++) {
                    visitor.visit(input, i, i / own * channels + before + i % own);
                }
                before += own;
            }
        }

        @Override
        public double[] forward(List<double[]> inputs) {
            double[] whole = new double[size()];
            forEach(inputs, (input, in, out) -> whole[out] = inputs.get(input)[in]);
            return whole;
        }

        @Override
        public List<double[]> backward(List<double[]> inputs, double[] gradient) {
            List<double[]> back = zeros(inputs);
            forEach(inputs, (input, in, out) -> back.get(input)[in] = gradient[out]);
            return back;
        }
    }

    /** exp(xᵢ) / Σⱼ exp(xⱼ) over all places of one channel. */
    record Softmax(int height, int width) implements Operation {

        @Override
        public int channels() {
            return 1;
        }

        @Override
        public double[] forward(List<double[]> inputs) {
            double largest = Arrays.stream(inputs.get(0)).max().orElseThrow();
            double[] output = Arrays.stream(inputs.get(0))
                    .map(value -> Math.exp(value - largest))
                    .toArray();
            double sum = Arrays.stream(output).sum();
            return Arrays.stream(output).map(value -> value / sum).toArray();
        }

        @Override
        public List<double[]> backward(List<double[]> inputs, double[] gradient) {
            double[] output = forward(inputs);
            double mean = 0;
            for (int i = 0; i < output.length; i++) {
                mean += output[i] * gradient[i];
            }
            for (int i = 0; i < output.length; i++) {
                output[i] *= gradient[i] - mean;
            }
            return List.of(output);
        }
    }

    /** Σ over places of the second input, one weight per place, times the first. */
    record WeightedSum(int channels) implements Operation {

        @Override
        public int height() {
            return 1;
        }

        @Override
        public int width() {
            return 1;
        }

        @Override
        public double[] forward(List<double[]> inputs) {
            double[] sum = new double[channels];
            for (int i = 0; i < inputs.get(0).length; i++) {
                sum[i % channels] += inputs.get(0)[i] * inputs.get(1)[i / channels];
            }
            return sum;
        }

        @Override
        public List<double[]> backward(List<double[]> inputs, double[] gradient) {
            List<double[]> back = zeros(inputs);
            for (int i = 0; i < inputs.get(0).length; i++) {
                back.get(0)[i] = gradient[i % channels] * inputs.get(1)[i / channels];
                back.get(1)[i / channels] += gradient[i % channels] * inputs.get(0)[i];
            }
            return back;
        }
    }

    private static List<double[]> zeros(List<double[]> inputs) {
        List<double[]> zeros = new ArrayList<>();
        inputs.forEach(input -> zeros.add(new double[input.length]));
        return zeros;
    }
}

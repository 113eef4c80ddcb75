package dev.inkling.tck;

import java.util.List;

/** z = Wx + b: an operation that is known by its connections. */
interface Linear extends Operation {

    /** An entry of W. */
    interface Connection {

        /** @param in index of x, {@code out} index of z, both flat */
        void visit(int in, double weight, int out);
    }

    /** Visits every entry of W that is not zero by construction. */
    void connections(Connection connection);

    /** b at a flat index of z. */
    double bias(int out);

    @Override
    default double[] forward(List<double[]> inputs) {
        double[] input = inputs.get(0);
        double[] output = new double[size()];
        for (int i = 0; i < output.length; i++) {
            output[i] = bias(i);
        }
        connections((in, weight, out) -> output[out] += weight * input[in]);
        return output;
    }

    @Override
    default List<double[]> backward(List<double[]> inputs, double[] gradient) {
        double[] back = new double[inputs.get(0).length];
        connections((in, weight, out) -> back[in] += weight * gradient[out]);
        return List.of(back);
    }

    /** Kernel (rows, columns, inChannels, channels), flat. */
    record Convolution(Windows windows, int inChannels, int channels, float[] kernel, float[] biases)
            implements Linear {

        @Override
        public int height() {
            return windows.height();
        }

        @Override
        public int width() {
            return windows.width();
        }

        @Override
        public void connections(Connection connection) {
            windows.forEach((in, within, out) -> {
                for (int c = 0; c < inChannels; c++) {
                    for (int f = 0; f < channels; f++) {
                        connection.visit(
                                in * inChannels + c,
                                kernel[(within * inChannels + c) * channels + f],
                                out * channels + f);
                    }
                }
            });
        }

        @Override
        public double bias(int out) {
            return biases[out % channels];
        }
    }

    /** Every channel by itself: kernel (rows, columns, inChannels, multiples), flat; output channel c · multiples + m. */
    record DepthwiseConvolution(Windows windows, int inChannels, int multiples, float[] kernel, float[] biases)
            implements Linear {

        @Override
        public int height() {
            return windows.height();
        }

        @Override
        public int width() {
            return windows.width();
        }

        @Override
        public int channels() {
            return inChannels * multiples;
        }

        @Override
        public void connections(Connection connection) {
            windows.forEach((in, within, out) -> {
                for (int f = 0; f < channels(); f++) {
                    connection.visit(
                            in * inChannels + f / multiples, kernel[within * channels() + f], out * channels() + f);
                }
            });
        }

        @Override
        public double bias(int out) {
            return biases[out % channels()];
        }
    }

    /** Over the flattened input; weights (inputs, units). */
    record Dense(float[][] weights, float[] biases) implements Linear {

        public Dense {
            for (float[] row : weights) {
                if (row.length != biases.length) {
                    throw new IllegalArgumentException(
                            "a row of weights holds " + row.length + " values, the bias " + biases.length);
                }
            }
        }

        @Override
        public int height() {
            return 1;
        }

        @Override
        public int width() {
            return 1;
        }

        @Override
        public int channels() {
            return biases.length;
        }

        @Override
        public void connections(Connection connection) {
            for (int in = 0; in < weights.length; in++) {
                for (int out = 0; out < biases.length; out++) {
                    connection.visit(in, weights[in][out], out);
                }
            }
        }

        @Override
        public double bias(int out) {
            return biases[out];
        }
    }

    /** A factor and a summand per channel: batch normalisation as it infers. */
    record Normalization(int height, int width, float[] scale, float[] shift) implements Linear {

        @Override
        public int channels() {
            return scale.length;
        }

        @Override
        public void connections(Connection connection) {
            for (int i = 0; i < size(); i++) {
                connection.visit(i, scale[i % channels()], i);
            }
        }

        @Override
        public double bias(int out) {
            return shift[out % channels()];
        }
    }

    /** The mean of the places that a window covers, padding left out, channel by channel. */
    record AveragePool(Windows windows, int channels) implements Linear {

        @Override
        public int height() {
            return windows.height();
        }

        @Override
        public int width() {
            return windows.width();
        }

        @Override
        public void connections(Connection connection) {
            int[] covered = new int[height() * width()];
            windows.forEach((in, within, out) -> covered[out]++);
            windows.forEach((in, within, out) -> {
                for (int c = 0; c < channels; c++) {
                    connection.visit(in * channels + c, 1.0 / covered[out], out * channels + c);
                }
            });
        }

        @Override
        public double bias(int out) {
            return 0;
        }
    }
}

package dev.inkling.tck;

/** One step of a {@link LayeredModel}: flat row-major (h, w, c) arrays in and out, sums in double. */
interface Operation {

    /** Rows of the output. */
    int height();

    /** Columns of the output. */
    int width();

    /** Values per place of the output. */
    int channels();

    float[] forward(float[] input);

    /** The vector-Jacobian product. */
    float[] backward(float[] input, float[] gradient);

    /** VALID convolution of stride 1; kernel (kernelHeight, kernelWidth, inChannels, channels). */
    record Convolution(
            int inHeight,
            int inWidth,
            int inChannels,
            int kernelHeight,
            int kernelWidth,
            int channels,
            float[] kernel,
            float[] bias)
            implements Operation {

        @Override
        public int height() {
            return inHeight - kernelHeight + 1;
        }

        @Override
        public int width() {
            return inWidth - kernelWidth + 1;
        }

        @Override
        public float[] forward(float[] input) {
            double[] output = new double[height() * width() * channels];
            for (int i = 0; i < output.length; i++) {
                output[i] = bias[i % channels];
            }
            connections((in, weight, out) -> output[out] += (double) kernel[weight] * input[in]);
            return floats(output);
        }

        @Override
        public float[] backward(float[] input, float[] gradient) {
            double[] back = new double[input.length];
            connections((in, weight, out) -> back[in] += (double) kernel[weight] * gradient[out]);
            return floats(back);
        }

        /** Visits every (input, weight, output) that the convolution connects, by flat index. */
        private void connections(Connection connection) {
            for (int y = 0; y < height(); y++) {
                for (int x = 0; x < width(); x++) {
                    for (int ky = 0; ky < kernelHeight; ky++) {
                        for (int kx = 0; kx < kernelWidth; kx++) {
                            for (int c = 0; c < inChannels; c++) {
                                for (int f = 0; f < channels; f++) {
                                    connection.visit(
                                            ((y + ky) * inWidth + x + kx) * inChannels + c,
                                            ((ky * kernelWidth + kx) * inChannels + c) * channels + f,
                                            (y * width() + x) * channels + f);
                                }
                            }
                        }
                    }
                }
            }
        }

        private interface Connection {
            void visit(int input, int weight, int output);
        }
    }

    /** A dense layer over the flattened input; weights (inputs, units). */
    record Dense(float[][] weights, float[] bias) implements Operation {

        public Dense {
            for (float[] row : weights) {
                if (row.length != bias.length) {
                    throw new IllegalArgumentException(
                            "a row of weights holds " + row.length + " values, the bias " + bias.length);
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
            return bias.length;
        }

        @Override
        public float[] forward(float[] input) {
            double[] output = new double[bias.length];
            for (int unit = 0; unit < output.length; unit++) {
                output[unit] = bias[unit];
                for (int i = 0; i < input.length; i++) {
                    output[unit] += (double) weights[i][unit] * input[i];
                }
            }
            return floats(output);
        }

        @Override
        public float[] backward(float[] input, float[] gradient) {
            double[] back = new double[input.length];
            for (int i = 0; i < back.length; i++) {
                for (int unit = 0; unit < gradient.length; unit++) {
                    back[i] += (double) weights[i][unit] * gradient[unit];
                }
            }
            return floats(back);
        }
    }

    /** max(0, x), of its input's shape. */
    record Relu(int height, int width, int channels) implements Operation {

        /** After another operation. */
        static Relu after(Operation operation) {
            return new Relu(operation.height(), operation.width(), operation.channels());
        }

        @Override
        public float[] forward(float[] input) {
            float[] output = new float[input.length];
            for (int i = 0; i < output.length; i++) {
                output[i] = Math.max(0, input[i]);
            }
            return output;
        }

        @Override
        public float[] backward(float[] input, float[] gradient) {
            float[] back = new float[input.length];
            for (int i = 0; i < back.length; i++) {
                back[i] = input[i] > 0 ? gradient[i] : 0;
            }
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
        public float[] forward(float[] input) {
            double largest = Double.NEGATIVE_INFINITY;
            for (float value : input) {
                largest = Math.max(largest, value);
            }
            double[] output = new double[input.length];
            double sum = 0;
            for (int i = 0; i < input.length; i++) {
                output[i] = Math.exp(input[i] - largest);
                sum += output[i];
            }
            for (int i = 0; i < output.length; i++) {
                output[i] /= sum;
            }
            return floats(output);
        }

        @Override
        public float[] backward(float[] input, float[] gradient) {
            float[] output = forward(input);
            double mean = 0;
            for (int i = 0; i < output.length; i++) {
                mean += (double) output[i] * gradient[i];
            }
            double[] back = new double[input.length];
            for (int i = 0; i < back.length; i++) {
                back[i] = output[i] * (gradient[i] - mean);
            }
            return floats(back);
        }
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}

package dev.inkling.trainer;

import com.google.common.primitives.Doubles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A two-dimensional convolution of stride 1 that keeps the size of its map, as products with matrices. With x the map of one
 * channel and w one kernel, both row by row,
 *
 * <pre>
 *   a = forward · x
 *   bᵣ = outputsᵣ · (imagesᵣ · aᵣ ⊙ kernelsᵣ · w) for the rth two rows of a, which band r takes
 *   y = backward · b
 * </pre>
 *
 * Over channels the elementwise product ⊙ becomes a matrix product for each of its elements.
 *
 * <p>By the convolution theorem: the discrete Fourier transform, first along columns and then along rows, turns a cyclic
 * correlation into one product for each frequency, and a map with as many zeros behind each row and column as a kernel reaches
 * beyond it is as good as cyclic (Mathieu, Henaff and LeCun 2014, arXiv:1312.5851). A real map has the conjugate number at the
 * opposite frequency, so half the frequencies do. A product of complex numbers takes three of real ones:
 * (a + ib)(c + id) = k₁ − k₃ + i(k₁ + k₂) with k₁ = c(a + b), k₂ = a(d − c) and k₃ = b(c + d).
 *
 * @param forward (2·bands, H), along columns: two rows are the real and the imaginary part of one frequency. The first two are
 *     the frequencies that have no imaginary part, 0 and the middle one; an odd period has none in the middle, and a row of zeros
 * @param bands along rows
 * @param backward (H, 2·bands)
 */
record FourierMatrices(float[][] forward, List<Band> bands, float[][] backward) {

    /**
     * What becomes of two rows of W numbers, one behind the other.
     *
     * @param images (products, 2·W)
     * @param kernels (products, taps)
     * @param outputs (2·W, products)
     */
    record Band(float[][] images, float[][] kernels, float[][] outputs) {}

    /**
     * @param height H of the map
     * @param width W of the map
     * @param rows of the kernel, whose place 0 is (rows − 1) / 2, as TensorFlow's padding {@code SAME} has it
     * @param columns of the kernel
     */
    static FourierMatrices of(int height, int width, int rows, int columns) {
        int high = period(height, rows);
        int wide = period(width, columns);
        double[] nothing = new double[width];
        List<double[]> forward = new ArrayList<>();
        List<double[]> backward = new ArrayList<>();
        List<Band> bands = new ArrayList<>();

        Products real = new Products();
        for (int row = 0; row < 2; row++) {
            boolean exists = row == 0 || high % 2 == 0;
            int u = row * (high / 2);
            double[] wave = exists ? Complex.wave(u, high, height).re() : new double[height];
            forward.add(wave);
            backward.add(scaled(1.0 / high, wave));
            for (int v = 0; exists && 2 * v <= wide; v++) {
                Complex along = Complex.wave(v, wide, width);
                Complex image = row == 0
                        ? new Complex(Doubles.concat(along.re(), nothing), Doubles.concat(along.im(), nothing))
                        : new Complex(Doubles.concat(nothing, along.re()), Doubles.concat(nothing, along.im()));
                Complex kernel = Complex.kernel(u, v, high, wide, rows, columns);
                if (v == 0 || 2 * v == wide) {
                    real.add(image.re(), kernel.re(), scaled(1.0 / wide, image.re()));
                } else {
                    real.add(image, kernel, 2.0 / wide);
                }
            }
        }
        bands.add(real.band());

        for (int u = 1; 2 * u < high; u++) {
            Complex wave = Complex.wave(u, high, height);
            forward.addAll(List.of(wave.re(), wave.im()));
            backward.addAll(List.of(scaled(2.0 / high, wave.re()), scaled(2.0 / high, wave.im())));
            Products complex = new Products();
            for (int v = 0; v < wide; v++) {
                Complex along = Complex.wave(v, wide, width);
                Complex image = new Complex(
                        Doubles.concat(along.re(), scaled(-1, along.im())), Doubles.concat(along.im(), along.re()));
                complex.add(image, Complex.kernel(u, v, high, wide, rows, columns), 1.0 / wide);
            }
            bands.add(complex.band());
        }
        return new FourierMatrices(floats(forward), bands, transposed(floats(backward)));
    }

    /** The products that {@link #of} comes to, without making it. */
    static int products(int height, int width, int rows, int columns) {
        int high = period(height, rows);
        int wide = period(width, columns);
        int real = (high % 2 == 0 ? 2 : 1) * (wide % 2 == 0 ? 2 : 1);
        return real + (high * wide - real) / 2 * 3;
    }

    /** Places and as many zeros as a kernel reaches beyond its place 0 on the longer side. */
    private static int period(int places, int taps) {
        return places + taps / 2;
    }

    /** Real and imaginary parts of some numbers. */
    private record Complex(double[] re, double[] im) {

        /** exp(−2πi·frequency·x/period) for each x. */
        static Complex wave(int frequency, int period, int places) {
            return of(IntStream.range(0, places).mapToDouble(x -> -2 * Math.PI * frequency * x / period));
        }

        /** Of the opposite sign, since an output is a sum over what lies around it and not over what comes before. */
        static Complex kernel(int u, int v, int high, int wide, int rows, int columns) {
            int top = (rows - 1) / 2;
            int left = (columns - 1) / 2;
            return of(IntStream.range(0, rows * columns)
                    .mapToDouble(tap -> 2
                            * Math.PI
                            * ((double) u * (tap / columns - top) / high
                                    + (double) v * (tap % columns - left) / wide)));
        }

        private static Complex of(DoubleStream angles) {
            double[] all = angles.toArray();
            return new Complex(
                    Arrays.stream(all).map(Math::cos).toArray(),
                    Arrays.stream(all).map(Math::sin).toArray());
        }
    }

    /** The rows of a band's matrices, those of the outputs still to be transposed. */
    private static final class Products {

        private final List<double[]> images = new ArrayList<>();
        private final List<double[]> kernels = new ArrayList<>();
        private final List<double[]> outputs = new ArrayList<>();

        /** @param share of the product in the output, which is its real part times the conjugate wave */
        void add(Complex image, Complex kernel, double share) {
            double[] re = scaled(share, image.re());
            double[] im = scaled(share, image.im());
            add(sum(image.re(), image.im()), kernel.re(), sum(re, im));
            add(image.re(), sum(kernel.im(), scaled(-1, kernel.re())), im);
            add(image.im(), sum(kernel.re(), kernel.im()), scaled(-1, re));
        }

        void add(double[] image, double[] kernel, double[] output) {
            images.add(image);
            kernels.add(kernel);
            outputs.add(output);
        }

        Band band() {
            return new Band(floats(images), floats(kernels), transposed(floats(outputs)));
        }
    }

    private static double[] scaled(double factor, double[] x) {
        return Arrays.stream(x).map(value -> factor * value).toArray();
    }

    private static double[] sum(double[] x, double[] y) {
        return IntStream.range(0, x.length).mapToDouble(i -> x[i] + y[i]).toArray();
    }

    private static float[][] floats(List<double[]> rows) {
        float[][] floats = new float[rows.size()][];
        for (int i = 0; i < floats.length; i++) {
            double[] row = rows.get(i);
            floats[i] = new float[row.length];
            for (int j = 0; j < row.length; j++) {
                floats[i][j] = (float) row[j];
            }
        }
        return floats;
    }

    private static float[][] transposed(float[][] rows) {
        float[][] columns = new float[rows[0].length][rows.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows[i].length; j++) {
                columns[j][i] = rows[i][j];
            }
        }
        return columns;
    }
}

package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.Doubles;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FourierMatricesTest {

    /** Even and odd periods, maps that are not square or smaller than the kernel, kernels that reach further on one side. */
    @ParameterizedTest
    @CsvSource({
        "7, 7, 3, 3",
        "4, 5, 3, 3",
        "1, 1, 3, 3",
        "6, 3, 5, 1",
        "5, 6, 2, 2",
        "3, 8, 3, 4",
        "2, 2, 7, 7",
        "5, 4, 1, 1"
    })
    void productsOfTransformsAreTheConvolution(int height, int width, int rows, int columns) {
        Random random = new Random(height * 1000L + width * 100 + rows * 10 + columns);
        double[] x = random.doubles(height * width, -1, 1).toArray();
        double[] w = random.doubles(rows * columns, -1, 1).toArray();
        FourierMatrices matrices = FourierMatrices.of(height, width, rows, columns);

        double[] forward = times(matrices.forward(), x);
        double[] along = new double[0];
        int pair = 2 * width;
        for (int r = 0; r < matrices.bands().size(); r++) {
            FourierMatrices.Band band = matrices.bands().get(r);
            double[] image = times(band.images(), Arrays.copyOfRange(forward, r * pair, (r + 1) * pair));
            double[] kernel = times(band.kernels(), w);
            for (int p = 0; p < image.length; p++) {
                image[p] *= kernel[p];
            }
            along = Doubles.concat(along, times(band.outputs(), image));
        }
        assertThat(times(matrices.backward(), along))
                .containsExactly(direct(x, w, height, width, rows, columns), within(1e-5));
        assertThat(matrices.bands().stream()
                        .mapToInt(band -> band.images().length)
                        .sum())
                .isEqualTo(FourierMatrices.products(height, width, rows, columns));
    }

    /** A period of 8: 4 frequencies are their own opposites, and of the other 60 half with three products each. */
    @Test
    void halfOfTheFrequenciesDo() {
        assertThat(FourierMatrices.of(7, 7, 3, 3).bands().stream().map(band -> band.images().length))
                .containsExactly(2 * (2 + 3 * 3), 8 * 3, 8 * 3, 8 * 3);
    }

    /** A matrix times x cut into as many parts as it has columns. */
    private static double[] times(float[][] matrix, double[] x) {
        int columns = matrix[0].length;
        int rest = x.length / columns;
        double[] product = new double[matrix.length * rest];
        for (int i = 0; i < product.length; i++) {
            for (int j = 0; j < columns; j++) {
                product[i] += matrix[i / rest][j] * x[j * rest + i % rest];
            }
        }
        return product;
    }

    private static double[] direct(double[] x, double[] w, int height, int width, int rows, int columns) {
        double[] y = new double[height * width];
        for (int i = 0; i < y.length; i++) {
            for (int k = 0; k < w.length; k++) {
                int row = i / width + k / columns - (rows - 1) / 2;
                int column = i % width + k % columns - (columns - 1) / 2;
                if (row >= 0 && row < height && column >= 0 && column < width) {
                    y[i] += w[k] * x[row * width + column];
                }
            }
        }
        return y;
    }
}

package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class ImageGridTest {

    /** An image of one brightness. */
    private static FloatNdArray flat(float value) {
        float[] values = new float[64];
        java.util.Arrays.fill(values, value);
        return FloatArrays.of(values, 1, 8, 8, 1);
    }

    @Test
    void everyImageStandsInItsPlace() {
        List<ImageGrid.Column> columns = new ArrayList<>();
        for (int column = 0; column < 3; column++) {
            List<FloatNdArray> images = new ArrayList<>();
            for (int row = 0; row < 2; row++) {
                images.add(flat((1 + 2 * column + row) / 10f));
            }
            columns.add(new ImageGrid.Column("column " + column, images));
        }
        BufferedImage page = ImageGrid.render("Title", "subtitle", columns);
        for (int column = 0; column < 3; column++) {
            for (int row = 0; row < 2; row++) {
                int x = 36 + column * 94 + 42;
                int y = page.getHeight() - 36 - (2 - row) * 94 + 10 + 42;
                assertThat(page.getRGB(x, y) & 0xFF)
                        .as("row %d of column %d", row, column)
                        .isEqualTo(Math.round(255 * (1 + 2 * column + row) / 10f));
            }
        }
    }

    @Test
    void refusesWhatIsNoGrid() {
        assertThatThrownBy(() -> ImageGrid.render("", "", List.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("grid of columns with [] images, expected one number above 0");
        assertThatThrownBy(() -> ImageGrid.render(
                        "",
                        "",
                        List.of(
                                new ImageGrid.Column("a", List.of(flat(0))),
                                new ImageGrid.Column("b", List.of(flat(0), flat(1))))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("grid of columns with [1, 2] images, expected one number above 0");
    }
}

package dev.inkling.spi;

import java.util.Arrays;

/**
 * Convolution of an image with a Gaussian of standard deviation σ, channel by channel. The image goes on beyond its border as
 * in a mirror that stands on the edge of the last pixel (c b a | a b c | c b a), so that the mean stays and a uniform image
 * stays uniform. Immutable.
 *
 * <p>The kernel is cut off at ⌈4σ⌉ and scaled to sum to 1.
 */
public final class GaussianBlur {

    /** The largest σ in pixels: what is larger only takes longer. */
    public static final double LARGEST = 1000;

    private static final double REACH = 4;

    private final int height;
    private final int width;
    private final int channels;
    private final int reach;
    private final double[][] vertical;
    private final double[][] horizontal;

    /**
     * For images of one size.
     *
     * @param sigma σ in pixels, from 0, which leaves images as they are, to {@link #LARGEST}
     * @throws InvalidInputException if σ is outside
     */
    public GaussianBlur(double sigma, int height, int width, int channels) {
        if (!(sigma >= 0 && sigma <= LARGEST)) {
            throw new InvalidInputException("blur's sigma is %s, expected 0 to %.0f pixels", sigma, LARGEST);
        }
        this.height = height;
        this.width = width;
        this.channels = channels;
        this.reach = (int) Math.ceil(REACH * sigma);
        this.vertical = weights(sigma, height);
        this.horizontal = height == width ? vertical : weights(sigma, width);
    }

    /** What each place of a line takes from every other: the kernel, folded at the borders. */
    private double[][] weights(double sigma, int length) {
        double[] kernel = new double[reach + 1];
        double sum = 0;
        for (int distance = 0; distance <= reach; distance++) {
            kernel[distance] = distance == 0 ? 1 : Math.exp(-0.5 * (distance / sigma) * (distance / sigma));
            sum += distance == 0 ? 1 : 2 * kernel[distance];
        }
        double[][] weights = new double[length][length];
        for (int to = 0; to < length; to++) {
            for (int shift = -reach; shift <= reach; shift++) {
                int from = Math.floorMod(to + shift, 2 * length);
                weights[to][from < length ? from : 2 * length - 1 - from] += kernel[Math.abs(shift)] / sum;
            }
        }
        return weights;
    }

    /**
     * Blurs one image.
     *
     * @param from holds (H, W, C) values from {@code fromOffset} on; only read
     * @param to receives as many from {@code toOffset} on; may be {@code from} itself
     */
    public void apply(float[] from, int fromOffset, float[] to, int toOffset) {
        int row = width * channels;
        double[] image = new double[height * row];
        for (int i = 0; i < image.length; i++) {
            image[i] = from[fromOffset + i];
        }
        double[] blurredDown = new double[image.length];
        for (int y = 0; y < height; y++) {
            for (int source = 0; source < height; source++) {
                double weight = vertical[y][source];
                if (weight != 0) {
                    for (int i = 0; i < row; i++) {
                        blurredDown[y * row + i] += weight * image[source * row + i];
                    }
                }
            }
        }
        double[] line = new double[row];
        for (int y = 0; y < height; y++) {
            Arrays.fill(line, 0);
            for (int c = 0; c < channels; c++) {
                for (int source = 0; source < width; source++) {
                    double value = blurredDown[y * row + source * channels + c];
                    // What a place takes from another it also gives it, and a row lies in memory as the result does.
                    double[] given = horizontal[source];
                    int last = Math.min(width - 1, source + reach);
                    for (int x = Math.max(0, source - reach); x <= last; x++) {
                        line[c * width + x] += given[x] * value;
                    }
                }
            }
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < channels; c++) {
                    to[toOffset + y * row + x * channels + c] = (float) line[c * width + x];
                }
            }
        }
    }
}

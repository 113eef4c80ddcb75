package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Bilinear;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Guided backpropagation times Grad-CAM, the latter after its ReLU and brought to the image's size: strokes as fine as the
 * pixels, where the class is. The map is (N, H, W, C), in logits² per unit of input: a product, not an amount. Two backward passes.
 *
 * <p>Diagnostics {@code signed minimum} and {@code signed maximum}: Grad-CAM's range before its ReLU; a maximum of zero or less
 * says why the map is empty.
 *
 * <p>Not for "does the class matter": guided backpropagation draws the image's edges for any class, and only the coarse half of
 * this map knows the target.
 *
 * @see <a href="https://arxiv.org/abs/1610.02391">Selvaraju et al. 2016, Grad-CAM: Visual Explanations from Deep
 *     Networks</a>
 */
public final class GuidedGradCam implements Explainer {

    private final Options options;
    private final Explainer coarse;
    private final Explainer fine = new GuidedBackprop();

    public GuidedGradCam(Options options) {
        this.options = options;
        this.coarse = new GradCam(new GradCam.Options(options.layer(), true));
    }

    /** How Grad-CAM's map is brought to the image's size. */
    public enum Resize {
        /** Interpolated between the centres of the layer's places. */
        BILINEAR {
            @Override
            float[] resized(float[] map, int height, int width, int newHeight, int newWidth) {
                return Bilinear.resize(map, height, width, newHeight, newWidth);
            }
        },
        /** Each pixel takes the value of the place it lies in. */
        NEAREST {
            @Override
            float[] resized(float[] map, int height, int width, int newHeight, int newWidth) {
                float[] resized = new float[newHeight * newWidth];
                for (int i = 0; i < resized.length; i++) {
                    int row = i / newWidth * height / newHeight;
                    int column = i % newWidth * width / newWidth;
                    resized[i] = map[row * width + column];
                }
                return resized;
            }
        };

        abstract float[] resized(float[] map, int height, int width, int newHeight, int newWidth);
    }

    /**
     * @param layer where Grad-CAM looks; several joined by + are fused; empty for the last convolution
     * @param resize how Grad-CAM's map is brought to the image's size
     */
    public record Options(
            @Option(value = "", help = LayerMaps.LAYER) String layer,

            @Option(value = "bilinear", help = "how Grad-CAM's map is brought to the image's size")
            Resize resize) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        model.require(Propagation.class);
        Attribution where = coarse.explain(model, images, targets);
        float[] values = FloatArrays.flat(fine.explain(model, images, targets).values());
        float[] maps = FloatArrays.flat(where.values());
        ModelSignature signature = model.signature();
        int places = where.height() * where.width();
        for (int n = 0; n < where.count(); n++) {
            float[] map = options.resize()
                    .resized(
                            Arrays.copyOfRange(maps, n * places, (n + 1) * places),
                            where.height(),
                            where.width(),
                            signature.height(),
                            signature.width());
            for (int i = 0; i < signature.imageSize(); i++) {
                values[n * signature.imageSize() + i] *= map[i / signature.channels()];
            }
        }
        return new Attribution(
                FloatArrays.of(values, images.shape().asArray()),
                contract(where.contract().unit()),
                where.diagnostics());
    }

    private static Attribution.Contract contract(String coarseUnit) {
        return new Attribution.Contract(Sign.SIGNED, false, coarseUnit + " · logits per unit of input");
    }

    /** Registers {@code guided-grad-cam}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "guided-grad-cam",
                    "Guided Grad-CAM",
                    "Guided backpropagation where Grad-CAM sees what speaks for the target.",
                    "Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra (2016): Grad-CAM: Visual Explanations from Deep"
                            + " Networks via Gradient-based Localization. https://arxiv.org/abs/1610.02391",
                    ExplainerCard.Family.CAM,
                    new LinkedHashSet<>(List.of(Propagation.class, Layers.class)),
                    contract("logits"));
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return new GuidedGradCam(options);
        }
    }
}

package ${package};

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * (x − r) · ∂s/∂x for each value x of the image, s being the target's score and r a level that means nothing to the model.
 * The map is (N, H, W, C), in logits. An example to replace by a method of your own.
 *
 * <p>Not for saturated models: where the score no longer rises, the gradient is zero, however much the pixel did for it.
 *
 * @see <a href="https://arxiv.org/abs/1605.01713">Shrikumar et al. 2016, Not Just a Black Box</a>
 */
public final class ${className} implements Explainer {

    private static final Attribution.Contract CONTRACT = new Attribution.Contract(Sign.SIGNED, false, "logits");

    private final Options options;

    public ${className}(Options options) {
        this.options = options;
    }

    /** @param level r, of every pixel */
    public record Options(
            @Option(value = "0", help = "value of a pixel that means nothing, in the image's units")
            double level) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        ModelSignature signature = model.signature();
        targets.require(signature.requireImages(images), signature);
        Gradients gradients = model.require(Gradients.class);

        float[] pixels = FloatArrays.flat(images);
        float[] map = FloatArrays.flat(gradients.gradients(images, targets));
        for (int i = 0; i < map.length; i++) {
            map[i] *= (float) (pixels[i] - options.level());
        }
        return new Attribution(FloatArrays.of(map, images.shape().asArray()), CONTRACT);
    }

    /** Registers {@code ${explainerName}}: META-INF/services names this class. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "${explainerName}",
                    "${className}",
                    "The gradient of the score times what the image has there.",
                    "Shrikumar, Greenside, Shcherbina, Kundaje (2016): Not Just a Black Box."
                            + " https://arxiv.org/abs/1605.01713",
                    ExplainerCard.Family.GRADIENT,
                    Set.of(Gradients.class),
                    CONTRACT);
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return new ${className}(options);
        }
    }
}

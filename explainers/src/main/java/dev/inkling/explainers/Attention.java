package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer.Kind;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * The weights a by which a network with attention pooling averages its features: softmax over places of wᵀf + b, for the
 * features f of a place. The map is (N, h, w, 1) at the layer's own resolution, positive and summing to 1 per image. One forward
 * pass.
 *
 * <p>Diagnostic {@code effective places}: 1 / Σ a², between 1, where all attention is at one place, and h · w, where it is the
 * same everywhere and the map says nothing.
 *
 * <p>Not for "why this class": the network looks there whatever the target, and what it looks at may speak against it.
 *
 * @see <a href="https://arxiv.org/abs/1502.03044">Xu et al. 2015, Show, Attend and Tell</a>
 */
public final class Attention implements Explainer {

    private static final Attribution.Contract CONTRACT =
            new Attribution.Contract(Sign.POSITIVE, false, "share of attention");

    private final Options options;

    public Attention(Options options) {
        this.options = options;
    }

    /** @param layer whose attention to show; empty for the only one */
    public record Options(
            @Option(value = "", help = "attention layer to show; empty for the only one")
            String layer) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        ModelSignature signature = model.signature();
        int count = signature.requireImages(images);
        targets.require(count, signature);
        Layers layers = model.require(Layers.class);
        FloatNdArray attention = layers.activations(layer(signature), images);

        float[] weights = FloatArrays.flat(attention);
        int places = weights.length / count;
        float[] effective = new float[count];
        for (int n = 0; n < count; n++) {
            double squares = 0;
            for (int place = n * places; place < (n + 1) * places; place++) {
                squares += (double) weights[place] * weights[place];
            }
            effective[n] = (float) (1 / squares);
        }
        return new Attribution(attention, CONTRACT).with("effective places", effective);
    }

    private String layer(ModelSignature signature) {
        List<ModelSignature.Layer> found = signature.requireLayers(Kind.ATTENTION);
        if (options.layer().isEmpty()) {
            if (found.size() > 1) {
                throw new InvalidInputException(
                        "model '%s' has %d attention layers; name one: %s",
                        signature.name(), found.size(), names(found));
            }
            return found.get(0).name();
        }
        ModelSignature.Layer named = signature.layer(options.layer());
        if (named.kind() != Kind.ATTENTION) {
            throw new InvalidInputException(
                    "layer '%s' of model '%s' is no attention layer; expected %s",
                    named.name(), signature.name(), names(found));
        }
        return named.name();
    }

    private static String names(List<ModelSignature.Layer> layers) {
        return layers.stream().map(ModelSignature.Layer::name).collect(Collectors.joining(", "));
    }

    /** Registers {@code attention}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "attention",
                    "Attention",
                    "Where the network looks, by the weights with which it averages its features, whatever the class.",
                    "Xu, Ba, Kiros, Cho, Courville, Salakhutdinov, Zemel, Bengio (2015): Show, Attend and Tell: Neural Image"
                            + " Caption Generation with Visual Attention. https://arxiv.org/abs/1502.03044",
                    ExplainerCard.Family.CAM,
                    Set.of(Layers.class),
                    Set.of(Kind.ATTENTION),
                    false,
                    CONTRACT);
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return new Attention(options);
        }
    }
}

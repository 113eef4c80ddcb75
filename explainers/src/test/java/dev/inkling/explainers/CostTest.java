package dev.inkling.explainers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.spi.Background;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Options;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.FloatNdArray;

/** What methods say that they cost, against what goes through the model. */
class CostTest {

    @ParameterizedTest
    @CsvSource({
        "smooth-grad, samples, 7, 14, 0",
        "guided-integrated-gradients, steps, 6, 16, 0",
        "blur-integrated-gradients, steps, 9, 20, 0",
        "expected-gradients, samples, 8, 17, 5",
        "gradient-shap, samples, 8, 17, 5",
        // Once more for a black image.
        "score-cam, layer, '', 4, 1",
        "score-cam, layer, relu1+conv1, 8, 1",
        "ablation-cam, layer, '', 5, 0",
        "ablation-cam, layer, relu1+conv1, 10, 0"
    })
    void isWhatIsSaid(String name, String option, String value, long said, int references) {
        ExplainerProvider<?> provider = provider(name);
        assertCost(provider, Map.of(option, value), said, references);
    }

    private static <O extends Record> void assertCost(
            ExplainerProvider<O> provider, Map<String, String> given, long said, int references) {
        O options = Options.parse(provider.options(), given);
        Counting model = new Counting();
        FloatNdArray images = Examples.random(model.signature(), 3);
        provider.create(options).explain(model, images, Targets.classes(3, 0, 1, 2));
        assertThat(provider.evaluations(options, model.signature())).hasValue(said);
        assertThat(model.evaluations.sum()).isEqualTo(3 * said + references);
    }

    private static ExplainerProvider<?> provider(String name) {
        for (ExplainerProvider<?> provider : ServiceLoader.load(ExplainerProvider.class)) {
            if (provider.card().name().equals(name)) {
                return provider;
            }
        }
        throw new AssertionError("no explainer " + name);
    }

    /** Counts images, a gradient twice: forward and backward. For several threads, since several images are explained at once. */
    private static final class Counting implements Model {

        private final ConvolutionModel model = ConvolutionModel.random(11, 5, 4, 2, 3, 3);
        private final LongAdder evaluations = new LongAdder();

        @Override
        public ModelSignature signature() {
            return model.signature();
        }

        @Override
        public FloatNdArray scores(FloatNdArray images) {
            evaluations.add(images.shape().get(0));
            return model.scores(images);
        }

        @Override
        public <T> Optional<T> capability(Class<T> type) {
            if (type == Gradients.class) {
                Gradients counted = (images, targets) -> {
                    evaluations.add(2 * images.shape().get(0));
                    return model.gradients(images, targets);
                };
                return Optional.of(type.cast(counted));
            }
            if (type == Layers.class) {
                return Optional.of(type.cast(new CountedLayers(model.require(Layers.class))));
            }
            return type == Background.class ? model.capability(type) : Optional.empty();
        }

        private final class CountedLayers implements Layers {

            private final Layers layers;

            CountedLayers(Layers layers) {
                this.layers = layers;
            }

            @Override
            public FloatNdArray activations(String layer, FloatNdArray images) {
                evaluations.add(images.shape().get(0));
                return layers.activations(layer, images);
            }

            @Override
            public LayerGradients gradients(String layer, FloatNdArray images, Targets targets) {
                throw new AssertionError("not by gradients");
            }

            @Override
            public FloatNdArray scoresFrom(String layer, FloatNdArray activations) {
                evaluations.add(activations.shape().get(0));
                return layers.scoresFrom(layer, activations);
            }
        }
    }
}

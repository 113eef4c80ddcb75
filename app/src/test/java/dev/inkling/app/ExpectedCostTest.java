package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.model.MeteredModel;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.OptionSpec;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class ExpectedCostTest {

    private final ExplainerCatalog catalog = ExplainerCatalog.load(List.of());

    /** Score 0 is the sum of products of neighbours; 13×11×1. */
    private static final class Products implements Model {

        @Override
        public ModelSignature signature() {
            return new ModelSignature(
                    "products", 13, 11, 1, ModelSignature.ValueRange.UNIT, List.of("a", "b"), List.of());
        }

        @Override
        public FloatNdArray scores(FloatNdArray images) {
            int count = signature().requireImages(images);
            float[] pixels = FloatArrays.flat(images);
            float[] scores = new float[2 * count];
            for (int i = 1; i < pixels.length; i++) {
                scores[i / 143 * 2] += pixels[i] * pixels[i - 1];
            }
            return FloatArrays.of(scores, count, 2);
        }

        @Override
        public <T> Optional<T> capability(Class<T> type) {
            return Optional.empty();
        }
    }

    /** What is announced is kept, and a budget is what is announced: as the meter counts, not the method. */
    @Test
    void noExplainerTakesMoreThanItSays() {
        SplittableRandom random = new SplittableRandom(1);
        float[] pixels = new float[3 * 143];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = 0.1f + random.nextFloat();
        }
        FloatNdArray images = FloatArrays.of(pixels, 3, 13, 11, 1);
        Model model = new Products();
        List<String> budgeted = new ArrayList<>();
        for (InstalledExplainer explainer : catalog.installed()) {
            boolean hasBudget =
                    explainer.options().stream().map(OptionSpec::name).anyMatch("budget"::equals);
            Map<String, String> options = hasBudget ? Map.of("budget", "333") : Map.of();
            OptionalLong expected = explainer.evaluations(options, model.signature());
            if (expected.isEmpty() || !explainer.card().needs().isEmpty()) {
                continue;
            }
            MeteredModel metered = new MeteredModel(model, (forward, backward) -> {});
            explainer.create(options).explain(metered, images, Targets.classes(2, 0, 0, 0));
            assertThat(metered.forward() + metered.backward())
                    .as(explainer.name())
                    .isLessThanOrEqualTo(3 * expected.getAsLong())
                    .isGreaterThan(2 * expected.getAsLong());
            if (hasBudget) {
                assertThat(expected.getAsLong()).as(explainer.name()).isEqualTo(333);
                budgeted.add(explainer.name());
            }
        }
        assertThat(budgeted).contains("kernel-shap", "lime", "permutation-shapley", "rise", "sobol");
    }

    @Test
    void whatExplainersSayAddsUp() {
        List<ConfiguredExplainer> explainers =
                catalog.configured("rise:budget=500,saliency,occlusion,feature-ablation:segments=grid:3x4");
        ExpectedCost cost = ExpectedCost.of(explainers, 20, new Products().signature(), catalog);

        // (⌈9/2⌉ + 1) (⌈7/2⌉ + 1) windows, 12 segments, and the image itself for each
        assertThat(cost)
                .hasToString(
                        "20 images may take up to 10,880 evaluations of the model (for each: rise 500, occlusion 31,"
                                + " feature-ablation 13)");
        cost.requireAtMost(10_880);
        assertThatThrownBy(() -> cost.requireAtMost(10_879))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "20 images may take up to 10,880 evaluations of the model (for each: rise 500, occlusion 31,"
                                + " feature-ablation 13), more than the 10,879 that are let through unasked; explain fewer images,"
                                + " lower a budget, or allow it with --max-evaluations 10880");
    }

    @Test
    void aWrapperMultipliesWhatItWraps() {
        ModelSignature signature = new Products().signature();
        assertThat(ExpectedCost.of(
                        catalog.configured(
                                "noise-tunnel:samples=3+noise-tunnel:samples=5+rise:budget=100,noise-tunnel+saliency"),
                        2,
                        signature,
                        catalog))
                .hasToString("2 images may take up to 3,000 evaluations of the model (for each:"
                        + " noise-tunnel+noise-tunnel+rise 1,500)");
    }

    @Test
    void whereNoneCanTellThereIsNothingToRefuse() {
        ExpectedCost cost = ExpectedCost.of(catalog.configured("grad-cam"), 1000, new Products().signature(), catalog);
        assertThat(cost.total()).isZero();
        cost.requireAtMost(0);
    }
}

package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.BackgroundModel;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which explainers fit {@link LinearModel}, which offers gradients and shows one layer, a convolution called conv. */
class ConfiguredExplainerTest {

    private static final String NO_LAYERS =
            "explainer 'grad-cam' needs a model that offers Layers, model 'linear' does not";

    private final ExplainerCatalog catalog = ExplainerCatalog.load(List.of());

    private ConfiguredExplainer explainer(String name, Map<String, String> options) {
        InstalledExplainer installed = catalog.find(name);
        Explainer created = installed.create(options);
        return new ConfiguredExplainer(installed.card(), installed.resolved(options), created);
    }

    @Test
    void onlyThoseThatFitAreKeptAndTheOthersAreToldWithTheReason() {
        List<String> leftOut = new ArrayList<>();
        List<ConfiguredExplainer> all = Stream.of("attention", "grad-cam", "guided-backprop", "occlusion", "saliency")
                .map(name -> explainer(name, Map.of()))
                .toList();

        List<ConfiguredExplainer> fitting = ConfiguredExplainer.fitting(all, new LinearModel(), leftOut::add);

        assertThat(fitting).extracting(explainer -> explainer.card().name()).containsExactly("occlusion", "saliency");
        assertThat(leftOut)
                .containsExactly(
                        "explainer 'attention' needs a model that offers Layers, model 'linear' does not",
                        NO_LAYERS,
                        "explainer 'guided-backprop' needs a model that offers Propagation, model 'linear' does not");
    }

    @Test
    void whatIsMissingIsNamedAndWhatWouldWork() {
        List<ConfiguredExplainer> asked =
                List.of(explainer("guided-backprop", Map.of()), explainer("saliency", Map.of()));
        assertThatThrownBy(() -> catalog.requireFit(asked, new LinearModel()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(
                        "explainer 'guided-backprop' needs a model that offers Propagation, model 'linear'"
                                + " does not; installed explainers that work with this model: ")
                .hasMessageContaining("occlusion, ")
                .hasMessageContaining("saliency, ")
                .message()
                .doesNotContain("grad-cam");
    }

    @Test
    void whatIsMissingIsNamed() {
        explainer("saliency", Map.of()).requireFit(new LinearModel());
        assertThatThrownBy(() -> explainer("grad-cam", Map.of()).requireFit(new LinearModel()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(NO_LAYERS);
    }

    @Test
    void aWrapperFitsWhereWhatItIsAroundFits() {
        catalog.configured("noise-tunnel+saliency").get(0).requireFit(new LinearModel());
        assertThatThrownBy(
                        () -> catalog.configured("noise-tunnel+grad-cam").get(0).requireFit(new LinearModel()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "explainer 'noise-tunnel+grad-cam' needs a model that offers Layers, model 'linear' does not");
    }

    @Test
    void referenceImagesAreAskedForWhereTheyAreMissing() {
        Model given = new BackgroundModel(new LinearModel(), FloatArrays.of(new float[4], 1, 2, 2, 1));
        explainer("expected-gradients", Map.of()).requireFit(given);
        assertThatThrownBy(() -> explainer("expected-gradients", Map.of()).requireFit(new LinearModel()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "explainer 'expected-gradients' compares with reference images; give some with '--background',"
                                + " such as '--background mnist'");
        Map<String, String> mean = Map.of("baseline", "mean");
        explainer("guided-integrated-gradients", mean).requireFit(given);
        assertThatThrownBy(() -> catalog.configured("noise-tunnel+guided-integrated-gradients:baseline=mean")
                        .get(0)
                        .requireFit(new LinearModel()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(
                        "explainer 'guided-integrated-gradients': model 'linear' does not offer Background,");
    }
}

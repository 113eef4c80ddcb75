package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.PluginClassLoader;
import dev.inkling.spi.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The explainers that Inkling comes with: those built in, and the one that is dropped in. */
class InstalledExplainersTest {

    private static final Path DROPPED_IN = Path.of("target", "test-plugins");

    @Test
    void theBuiltInsAreThereAndTheDropInIsNot() {
        ExplainerCatalog catalog = ExplainerCatalog.load(List.of());

        assertThat(catalog.broken()).isEmpty();
        assertThat(catalog.installed())
                .extracting(InstalledExplainer::name)
                .contains("attention", "grad-cam", "guided-backprop", "occlusion", "saliency", "smooth-grad")
                .isSorted()
                .doesNotContain("integrated-gradients");
        assertThatThrownBy(() -> catalog.find("integrated-gradients"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("no explainer 'integrated-gradients'; installed: ");
    }

    @Test
    void everyBuiltInSaysWhereItIsFrom() {
        assertThat(ExplainerCatalog.load(List.of()).installed()).allSatisfy(explainer -> {
            assertThat(Path.of(explainer.origin())).isAbsolute().exists();
            assertThat(explainer.card().paper()).matches("(?s).*\\d{4}.*https?://.*");
        });
    }

    @Test
    void theDropInsJarIsListedAndExplains() throws IOException {
        // 'mvn test' makes no jars, and the jar is what this test is about; 'mvn verify' does.
        assumeTrue(jars() == 1, "no jar of integrated gradients in target/test-plugins: run 'mvn verify'");
        ExplainerCatalog catalog = ExplainerCatalog.load(List.of(DROPPED_IN));
        assertThat(catalog.broken()).isEmpty();
        InstalledExplainer installed = catalog.find("integrated-gradients");
        assertThat(installed.jar()).startsWith("inkling-integrated-gradients-").endsWith(".jar");
        assertThat(installed.provider().getClass().getClassLoader()).isInstanceOf(PluginClassLoader.class);

        Attribution attribution = installed
                .create(Map.of("steps", "3"))
                .explain(
                        new LinearModel(),
                        FloatArrays.of(new float[] {0.5f, 0.25f, 1, 0}, 1, 2, 2, 1),
                        Targets.classes(4, 2));

        // The gradient of logit 2 is 4 at pixel 2 everywhere on the path from black, and the pixel is 1.
        assertThat(FloatArrays.flat(attribution.values())).containsExactly(new float[] {0, 0, 4, 0}, within(1e-6f));
    }

    private static long jars() throws IOException {
        if (!Files.isDirectory(DROPPED_IN)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(DROPPED_IN)) {
            return files.filter(file -> file.toString().endsWith(".jar")).count();
        }
    }
}

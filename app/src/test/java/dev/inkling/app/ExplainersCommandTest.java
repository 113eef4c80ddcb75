package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.app.PluginJar.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExplainersCommandTest {

    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path plugins;
    private Path jar;

    @BeforeEach
    void dropIn() throws IOException {
        plugins = Files.createDirectories(folder.toRealPath().resolve("plugins"));
        jar = PluginJar.plugin()
                .source("test.plugin.Method", "package test.plugin; public enum Method { LEFT, GAUSS_LEGENDRE }")
                .explainer(
                        "test.plugin.Provider",
                        new Source("answer")
                                .options("@Option(value = \"50\", help = \"how many\", min = 1) int samples,"
                                        + " @Option(value = \"0.1\", help = \"how loud\", min = 0, max = 0.5) double noise,"
                                        + " @Option(value = \"left\", help = \"which rule\") Method method"))
                .write(plugins.resolve("answer.jar"));
    }

    @Test
    void theOverviewHasALineForEachInItsFamily() {
        assertThat(explainers()).isEqualTo(Main.OK);

        List<String> lines = out().lines().toList();
        String line = lines.stream()
                .filter(l -> l.startsWith("  answer "))
                .findFirst()
                .orElseThrow();
        assertThat(line.strip().split(" +"))
                .containsExactly("answer", "Gradients", "samples=50", "noise=0.1", "method=left");
        List<String> headings = lines.stream().filter(l -> l.matches("[a-z ]+")).toList();
        assertThat(headings).containsExactly("gradient", "propagation", "cam", "perturbation", "around another");
        assertThat(lines.indexOf(line)).isBetween(lines.indexOf("gradient"), lines.indexOf("propagation"));
        assertThat(lines).contains("1 from answer.jar").allMatch(l -> l.length() <= 120);
        assertThat(err()).isEmpty();
    }

    @Test
    void aNameGetsAllThereIsToKnow() {
        assertThat(explainers("answer")).isEqualTo(Main.OK);
        assertThat(out()).isEqualTo("""
                        answer: Test
                          shows 42
                          paper   Nobody (2026)
                          family  gradient
                          needs   Gradients
                          values  signed, logits
                          from    %s
                          options
                            samples=50   int from 1                  how many
                            noise=0.1    double 0 to 0.5             how loud
                            method=left  choice left|gauss-legendre  which rule

                        """.formatted(jar));
    }

    @Test
    void layersThatAreNeededAndTargetsThatAreNotAreTold() {
        assertThat(explainers("attention")).isEqualTo(Main.OK);
        assertThat(out())
                .containsPattern("\n  needs +Layers, attention layer\n")
                .containsPattern("\n  values +positive, share of attention, the same for every target\n");
        out.reset();
        assertThat(explainers("attention", "--json")).isEqualTo(Main.OK);
        JsonNode attention = new JsonMapper().readTree(out()).get("explainers").get(0);
        assertThat(attention.get("layers").toString()).isEqualTo("[\"attention\"]");
        assertThat(attention.get("targeted").asBoolean()).isFalse();
    }

    @Test
    void jsonHasEverything() {
        assertThat(explainers("--json")).isEqualTo(Main.OK);

        JsonNode listing = new JsonMapper().readTree(out());
        assertThat(listing.propertyNames()).containsExactly("explainers", "wrappers", "broken");
        JsonNode answer = listing.get("explainers")
                .valueStream()
                .filter(explainer -> explainer.get("name").asString().equals("answer"))
                .findFirst()
                .orElseThrow();
        assertThat(answer).isEqualTo(new JsonMapper().readTree("""
                        {
                          "name": "answer",
                          "title": "Test",
                          "summary": "shows 42",
                          "paper": "Nobody (2026)",
                          "family": "gradient",
                          "needs": ["Gradients"],
                          "layers": [],
                          "targeted": true,
                          "contract": {"sign": "signed", "complete": false, "unit": "logits"},
                          "options": [
                            {"name": "samples", "type": "int", "default": "50", "help": "how many",
                             "min": 1.0, "max": null, "choices": []},
                            {"name": "noise", "type": "double", "default": "0.1", "help": "how loud",
                             "min": 0.0, "max": 0.5, "choices": []},
                            {"name": "method", "type": "choice", "default": "left", "help": "which rule",
                             "min": null, "max": null, "choices": ["left", "gauss-legendre"]}
                          ],
                          "origin": "%s"
                        }
                        """.formatted(
                                jar.toString().replace("\\", "\\\\"))));
        assertThat(listing.get("broken")).isEmpty();
    }

    @Test
    void wrappersAreListedToo() {
        assertThat(explainers()).isEqualTo(Main.OK);
        assertThat(out()).containsPattern("\n  noise-tunnel\\+ +an explainer +samples=20 noise=0.15");
        out.reset();
        assertThat(explainers("noise-tunnel", "answer")).isEqualTo(Main.OK);
        assertThat(out())
                .startsWith("answer: Test\n")
                .contains("\nnoise-tunnel+: Noise tunnel\n")
                .containsPattern("\n  needs +an explainer\n")
                .containsPattern("\n    samples=20 +int 1 to 10000 +noisy copies of each image\n");
        out.reset();
        assertThat(explainers("--json")).isEqualTo(Main.OK);
        JsonNode wrapper = new JsonMapper().readTree(out()).get("wrappers").get(0);
        assertThat(wrapper.get("name").asString()).isEqualTo("noise-tunnel");
        assertThat(wrapper.get("needs")).isEmpty();
        assertThat(wrapper.get("options")).hasSize(4);
    }

    @Test
    void aBrokenPluginIsReportedAndEndsWithTwoAfterTheRestWasListed() {
        Path old =
                PluginJar.working("old").attribute("Inkling-SPI-Version", "0").write(plugins.resolve("old.jar"));
        Path bad = PluginJar.plugin()
                .explainer("test.plugin.Bad", new Source("bad").options("int samples"))
                .write(plugins.resolve("worse.jar"));
        String tooOld = "old.jar is built for version 0 of the explainer SPI, this Inkling has version 1; get a newer"
                + " build of the plug-in";
        String noOption = "test.plugin.Bad: IllegalArgumentException: test.plugin.Bad$Settings.samples is not annotated"
                + " with @Option";

        assertThat(explainers()).isEqualTo(Main.WRONG_USE);
        assertThat(out()).contains("\n  answer ");
        assertThat(err())
                .isEqualTo("inkling: plug-in " + old + ": " + tooOld + "\ninkling: explainer 'bad' is not available: "
                        + bad + ": " + noOption + "\n");

        out.reset();
        assertThat(explainers("--json")).isEqualTo(Main.WRONG_USE);
        JsonNode broken = new JsonMapper().readTree(out()).get("broken");
        assertThat(broken).hasSize(2);
        assertThat(broken.get(0).get("explainer").isNull()).isTrue();
        assertThat(broken.get(0).get("origins").get(0).asString()).isEqualTo(old.toString());
        assertThat(broken.get(0).get("reason").asString()).isEqualTo(tooOld);
        assertThat(broken.get(1).get("explainer").asString()).isEqualTo("bad");
        assertThat(broken.get(1).get("reason").asString()).isEqualTo(noOption);
    }

    @Test
    void anUnknownNameIsWrongUse() {
        assertThat(explainers("anwser")).isEqualTo(Main.WRONG_USE);
        assertThat(err())
                .startsWith("inkling: no explainer 'anwser'; installed: ")
                .endsWith("did you mean 'answer'?\n");
        assertThat(out()).isEmpty();
    }

    private int explainers(String... arguments) {
        List<String> all = new ArrayList<>(List.of("explainers", "--plugins", plugins.toString()));
        all.addAll(List.of(arguments));
        err.reset();
        return Main.run(
                all.toArray(String[]::new),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }
}

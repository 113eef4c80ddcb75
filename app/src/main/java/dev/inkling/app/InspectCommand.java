package dev.inkling.app;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.model.saved.ModelCard;
import dev.inkling.model.saved.SavedSignature;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** {@code inkling inspect}: what a model is made of, what it costs, where it comes from, and what it offers to other runtimes. */
public final class InspectCommand implements Command {

    private final Settings settings;
    private final Terminal terminal;

    @Inject
    InspectCommand(Settings settings, Terminal terminal) {
        this.settings = settings;
        this.terminal = terminal;
    }

    @Override
    public int run() throws IOException {
        if (settings.models.size() != 1) {
            throw new InvalidInputException(
                    "expected one model to inspect, found %d; name its folder, or pretrained", settings.models.size());
        }
        JsonDestination json = new JsonDestination(settings.json, terminal);
        try (TensorFlowModel model = settings.choices.open(settings.models.get(0), terminal)) {
            if (!json.isStandardOutput()) {
                terminal.out().print(text(model));
            }
            json.write(json(model));
        }
        return Main.OK;
    }

    private static String text(TensorFlowModel model) {
        ModelSignature signature = model.signature();
        List<List<String>> facts = new ArrayList<>();
        facts.add(List.of("  SHA-256", model.sha256() + changed(model)));
        facts.add(List.of(
                "  image",
                size(signature.height(), signature.width(), signature.channels()) + " in ["
                        + number(signature.range().min()) + ", "
                        + number(signature.range().max()) + "]"));
        facts.add(List.of("  classes", signature.classCount() + ": " + String.join(", ", signature.labels())));
        facts.add(List.of("  parameters", String.format(Locale.ROOT, "%,d", model.parameters())));
        model.floatingPointOperations()
                .ifPresent(count -> facts.add(List.of(
                        "  operations",
                        String.format(
                                Locale.ROOT, "%,d for an image, multiplications and additions, forward", count))));
        model.card().ifPresent(card -> facts.addAll(provenance(card)));
        model.obstacle().ifPresent(obstacle -> facts.add(List.of("  no gradients", obstacle)));
        List<List<String>> layers = signature.layers().stream()
                .map(layer -> List.of(
                        "  " + layer.name(),
                        layer.kind().name().toLowerCase(Locale.ROOT),
                        size(layer.height(), layer.width(), layer.channels())))
                .toList();
        List<List<String>> signatures = model.signatures().stream()
                .map(saved -> List.of("  " + saved.name(), tensors(saved.inputs()) + " → " + tensors(saved.outputs())))
                .toList();
        return "model '" + signature.name() + "'\n" + ExplainerTable.columns(facts) + "\nlayers\n"
                + ExplainerTable.columns(layers) + "\nsignatures\n" + ExplainerTable.columns(signatures);
    }

    /** Whether the graph is still the one that the card was written for. */
    private static String changed(TensorFlowModel model) {
        return model.card()
                .map(ModelCard::graphSha256)
                .filter(expected -> !expected.equals(model.sha256()))
                .map(expected -> ", CHANGED since its card was written, which says " + expected)
                .orElse("");
    }

    private static List<List<String>> provenance(ModelCard card) {
        ModelCard.Training training = card.training();
        List<List<String>> facts = new ArrayList<>();
        facts.add(List.of(
                "  trained",
                String.format(
                        Locale.ROOT,
                        "%,d images of %s, %,d steps, the weights of epoch %d, seed %d",
                        training.trainingImages(),
                        training.data(),
                        training.steps(),
                        training.epoch(),
                        training.seed())));
        if (training.command() != null) {
            facts.add(List.of("  by", training.command()));
        }
        facts.add(List.of(
                "  with",
                "Inkling " + training.inkling() + ", TensorFlow " + training.tensorflow() + ", Java "
                        + training.java()));
        facts.add(List.of(
                "  accuracy",
                "validation " + share(card.accuracy().validation()) + ", test "
                        + share(card.accuracy().test())));
        return facts;
    }

    private static String share(Double value) {
        return value == null ? "not measured" : String.format(Locale.ROOT, "%.2f %%", 100 * value);
    }

    private static String size(int height, int width, int channels) {
        return height + "×" + width + "×" + channels;
    }

    private static String number(float value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    private static String tensors(List<SavedSignature.Tensor> tensors) {
        return tensors.stream()
                .map(tensor -> tensor.name() + " " + tensor.type() + " " + tensor.shape())
                .collect(Collectors.joining(", "));
    }

    private static Map<String, Object> json(TensorFlowModel model) {
        ModelSignature signature = model.signature();
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("name", signature.name());
        root.put("sha256", model.sha256());
        root.put("height", signature.height());
        root.put("width", signature.width());
        root.put("channels", signature.channels());
        root.put("range", List.of(signature.range().min(), signature.range().max()));
        root.put("labels", signature.labels());
        root.put("parameters", model.parameters());
        OptionalLong operations = model.floatingPointOperations();
        root.put("operations", operations.isPresent() ? operations.getAsLong() : null);
        root.put("obstacle", model.obstacle().orElse(null));
        root.put("layers", signature.layers().stream().map(InspectCommand::json).toList());
        root.put("signatures", model.signatures());
        root.put("card", model.card().orElse(null));
        return root;
    }

    private static Map<String, Object> json(Layer layer) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", layer.name());
        row.put("kind", layer.kind().name().toLowerCase(Locale.ROOT));
        row.put("height", layer.height());
        row.put("width", layer.width());
        row.put("channels", layer.channels());
        return row;
    }

    @Parameters(
            commandNames = "inspect",
            separators = "=",
            commandDescription = "shows a model's layers, size, cost, origin, and what it offers to other runtimes")
    static final class Settings implements CommandSettings {

        @Parameter(placeholder = "MODEL", description = "model folder, or pretrained: the one inside the program")
        List<String> models = new ArrayList<>();

        @ParametersDelegate
        ModelChoiceOptions choices = new ModelChoiceOptions();

        @Parameter(
                names = "--json",
                placeholder = "FILE",
                description = "also write it to this file as JSON; '-' for standard output and nothing else there")
        String json;

        @Override
        public Class<InspectCommand> command() {
            return InspectCommand.class;
        }

        @Override
        public List<String> examples() {
            return List.of("inkling inspect pretrained", "inkling inspect runs/mnist/model --json model.json");
        }
    }
}

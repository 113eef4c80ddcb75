package dev.inkling.app;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.spi.InvalidInputException;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code inkling predict}: class probabilities of image files. */
public final class PredictCommand implements Command {

    private final Settings settings;
    private final Terminal terminal;

    @Inject
    PredictCommand(Settings settings, Terminal terminal) {
        this.settings = settings;
        this.terminal = terminal;
    }

    @Override
    public int run() throws IOException {
        if (settings.images.isEmpty()) {
            throw new InvalidInputException("no image to predict; name PNG or JPEG files");
        }
        JsonDestination json = new JsonDestination(settings.json, terminal);
        try (TensorFlowModel model = settings.model.open(terminal)) {
            List<InputImage> images = InputImage.ofFiles(settings.images, model.signature());
            // A run without explainers: the target is of no consequence.
            List<ExplainedImage> predicted = new ExplanationRun(
                            model,
                            TargetSpec.parse("predicted", model.signature().labels(), false),
                            List.of(),
                            ExplanationRun.Listener.NONE)
                    .run(images)
                    .images();
            List<String> labels = model.signature().labels();
            if (!json.isStandardOutput()) {
                print(predicted, labels);
            }
            json.write(predicted.stream().map(image -> json(image, labels)).toList());
        }
        return Main.OK;
    }

    private void print(List<ExplainedImage> images, List<String> labels) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"image", "prediction", "probability", "then"});
        for (ExplainedImage image : images) {
            var top = image.prediction(labels).top();
            rows.add(new String[] {
                image.image().name(),
                top.get(0).label(),
                probability(top.get(0).probability()),
                top.stream()
                        .skip(1)
                        .map(score -> score.label() + " " + probability(score.probability()))
                        .collect(Collectors.joining(", "))
            });
        }
        int[] widths = new int[3];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        String format = "%-" + widths[0] + "s  %-" + widths[1] + "s  %-" + widths[2] + "s  %s%n";
        rows.forEach(row -> terminal.out().printf(Locale.ROOT, format, (Object[]) row));
    }

    private static String probability(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static Map<String, Object> json(ExplainedImage image, List<String> labels) {
        Map<String, Double> probabilities = new LinkedHashMap<>();
        for (int k = 0; k < labels.size(); k++) {
            probabilities.put(labels.get(k), image.probabilities()[k]);
        }
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("image", image.image().name());
        row.put("sha256", image.image().sha256());
        row.put("prediction", image.prediction(labels).best().label());
        row.put("probabilities", probabilities);
        return row;
    }

    @Parameters(
            commandNames = "predict",
            separators = "=",
            commandDescription = "tells the class probabilities of image files")
    static final class Settings implements CommandSettings {

        @Parameter(placeholder = "IMAGE...", description = "PNG or JPEG files of any size")
        List<Path> images = new ArrayList<>();

        @ParametersDelegate
        ModelOptions model = new ModelOptions();

        @Parameter(
                names = "--json",
                placeholder = "FILE",
                description =
                        "also write all probabilities to this file as JSON; '-' for standard output and nothing else"
                                + " there")
        String json;

        @Override
        public Class<PredictCommand> command() {
            return PredictCommand.class;
        }

        @Override
        public List<String> examples() {
            return List.of(
                    "inkling predict --model runs/mnist/model four.png",
                    "inkling predict --model runs/mnist/model --json predictions.json *.png");
        }
    }
}

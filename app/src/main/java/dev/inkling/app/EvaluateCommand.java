package dev.inkling.app;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.trainer.DataSources;
import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.Evaluation;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;

/** {@code inkling evaluate}: accuracy, loss and confusion matrix on a test set. */
public final class EvaluateCommand implements Command {

    private final Settings settings;
    private final Terminal terminal;

    @Inject
    EvaluateCommand(Settings settings, Terminal terminal) {
        this.settings = settings;
        this.terminal = terminal;
    }

    @Override
    public int run() throws IOException {
        JsonDestination json = new JsonDestination(settings.json, terminal);
        try (TensorFlowModel model = TensorFlowModel.load(settings.model)) {
            Dataset test = DataSources.open(settings.data, model.signature(), new DownloadMessages(terminal))
                    .test();
            InputImage.requireFit(test, model.signature());
            Evaluation evaluation = evaluate(model, test);
            if (!json.isStandardOutput()) {
                print(evaluation, model, test, terminal.out());
            }
            json.write(evaluation);
        }
        return Main.OK;
    }

    private Evaluation evaluate(TensorFlowModel model, Dataset test) {
        Optional<ProgressBar> bar = ProgressBars.open("evaluating", " images", test.size(), terminal);
        try {
            return Evaluation.of(model, test, done -> bar.ifPresent(shown -> shown.stepTo(done)));
        } finally {
            bar.ifPresent(ProgressBar::close);
        }
    }

    private static void print(Evaluation evaluation, TensorFlowModel model, Dataset test, PrintStream out) {
        long right = Math.round(evaluation.accuracy() * evaluation.images());
        out.printf(
                Locale.ROOT,
                "model '%s' on %,d images of %s%n%n",
                model.card().name(),
                evaluation.images(),
                test.name());
        out.printf(
                Locale.ROOT,
                "accuracy  %.2f %%  (%,d right, %,d wrong)%n",
                100 * evaluation.accuracy(),
                right,
                evaluation.images() - right);
        out.printf(Locale.ROOT, "loss      %.4f  (mean cross-entropy, nats)%n%n", evaluation.loss());
        out.println("confusion (rows: true class, columns: predicted)");
        List<String> labels = test.labels();
        int left = labels.stream().mapToInt(String::length).max().orElseThrow();
        int width = left;
        for (int[] row : evaluation.confusion()) {
            for (int count : row) {
                width = Math.max(width, String.valueOf(count).length());
            }
        }
        StringBuilder text = new StringBuilder(" ".repeat(left + 2));
        for (String label : labels) {
            text.append(("%" + (width + 2) + "s").formatted(label));
        }
        text.append(System.lineSeparator());
        for (int truth = 0; truth < labels.size(); truth++) {
            text.append(("%" + (left + 2) + "s").formatted(labels.get(truth)));
            for (int count : evaluation.confusion()[truth]) {
                // A dot for zero, so that the confusions stand out.
                text.append(("%" + (width + 2) + "s").formatted(count == 0 ? "·" : count));
            }
            text.append(System.lineSeparator());
        }
        out.print(text);
    }

    @Parameters(
            commandNames = "evaluate",
            separators = "=",
            commandDescription = "measures a model on a test set: accuracy, loss and confusion matrix")
    static final class Settings implements CommandSettings {

        @Parameter(names = "--model", placeholder = "DIR", required = true, description = "model folder")
        Path model;

        @Parameter(
                names = "--data",
                placeholder = "DATA",
                required = true,
                description = "as 'train' takes it; its test set is used")
        String data;

        @Parameter(
                names = "--json",
                placeholder = "FILE",
                description =
                        "also write the results to this file as JSON; '-' for standard output and nothing else there")
        String json;

        @Override
        public Class<EvaluateCommand> command() {
            return EvaluateCommand.class;
        }

        @Override
        public List<String> examples() {
            return List.of(
                    "inkling evaluate --model runs/mnist/model --data mnist",
                    "inkling evaluate --model runs/mnist/model --data mnist --json -");
        }
    }
}

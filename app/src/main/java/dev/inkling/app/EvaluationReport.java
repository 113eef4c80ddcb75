package dev.inkling.app;

import dev.inkling.figures.ConfusionFigure;
import dev.inkling.figures.Png;
import dev.inkling.figures.ReliabilityDiagram;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.trainer.Calibration;
import dev.inkling.trainer.Evaluation;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A folder that shows how a model does: {@code index.html}, {@code confusion.png}, {@code reliability.png},
 * {@code evaluation.json}, and in {@code mistakes/} an {@link ExplanationReport} of the worst. It appears whole or not at all.
 */
public final class EvaluationReport {

    static final String PAGE = "index.html";
    static final String JSON = "evaluation.json";
    static final String CONFUSION = "confusion.png";
    static final String RELIABILITY = "reliability.png";
    static final String MISTAKES = "mistakes";

    private final Provenance provenance;
    private final List<String> labels;
    private final Evaluation evaluation;
    private final Optional<ExplanationReport> gallery;

    /**
     * A report yet to be written.
     *
     * @param labels the model's classes in the order of the logits
     * @param gallery of the first mistakes, in their order; empty where none is to be shown
     */
    public EvaluationReport(
            Provenance provenance, List<String> labels, Evaluation evaluation, Optional<ExplanationReport> gallery) {
        this.provenance = provenance;
        this.labels = List.copyOf(labels);
        this.evaluation = evaluation;
        this.gallery = gallery;
    }

    /**
     * Checks that a report can be written into this folder, before work begins; leaves no trace.
     *
     * @throws InvalidInputException if it can't, or if the folder holds something that is not of an earlier report
     */
    public static void requireWritable(Path folder) {
        StagedFolder.requireReplaceable(folder, EvaluationReport::files);
    }

    private static Set<String> files(Path folder) {
        Path json = folder.resolve(JSON);
        if (!Files.isRegularFile(json) || !EvaluationJson.isOne(json)) {
            return Set.of();
        }
        Set<String> files = new HashSet<>(Set.of(PAGE, JSON, CONFUSION, RELIABILITY));
        ExplanationReport.files(folder.resolve(MISTAKES)).forEach(file -> files.add(MISTAKES + "/" + file));
        return files;
    }

    /**
     * Writes the report; an earlier one in this folder is replaced once the new one is complete.
     *
     * @throws InvalidInputException if it can't be written there
     */
    public void write(Path folder) throws IOException {
        requireWritable(folder);
        try (StagedFolder staged = StagedFolder.beside(folder)) {
            Png.write(
                    ConfusionFigure.render(labels, evaluation.confusion().counts()),
                    staged.path().resolve(CONFUSION));
            Png.write(reliability(), staged.path().resolve(RELIABILITY));
            if (gallery.isPresent()) {
                gallery.get().write(staged.path().resolve(MISTAKES));
            }
            Files.writeString(
                    staged.path().resolve(JSON), new EvaluationJson(evaluation, labels).text(provenance, figures()));
            new EvaluationPage(this, staged.path()).write(staged.path().resolve(PAGE));
            staged.commit();
        }
    }

    private BufferedImage reliability() {
        Calibration calibration = evaluation.calibration();
        return ReliabilityDiagram.render(
                calibration.bins().stream().mapToInt(Calibration.Bin::count).toArray(),
                calibration.bins().stream()
                        .mapToDouble(Calibration.Bin::confidence)
                        .toArray(),
                calibration.bins().stream()
                        .mapToDouble(Calibration.Bin::accuracy)
                        .toArray(),
                calibration.expectedError());
    }

    /** Of the mistakes in the gallery, as paths in the report. */
    List<String> figures() {
        return gallery.stream()
                .flatMap(mistakes -> IntStream.range(
                                0, mistakes.result().images().size())
                        .mapToObj(i -> MISTAKES + "/" + mistakes.folder(i) + "/" + ExplanationReport.FIGURE))
                .toList();
    }

    Provenance provenance() {
        return provenance;
    }

    List<String> labels() {
        return labels;
    }

    Evaluation evaluation() {
        return evaluation;
    }

    Optional<ExplanationReport> gallery() {
        return gallery;
    }
}

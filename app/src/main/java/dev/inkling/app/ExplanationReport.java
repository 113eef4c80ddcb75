package dev.inkling.app;

import dev.inkling.figures.BatchFigure;
import dev.inkling.figures.Heatmap;
import dev.inkling.figures.ImageFigure;
import dev.inkling.figures.Panel;
import dev.inkling.figures.Png;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A folder that shows explanations: {@code index.html}, {@code batch.png}, {@code explanations.json}, and for each image a
 * folder with {@code figure.png} and the raw values as {@code <explainer>.npy}. It appears whole or not at all.
 */
public final class ExplanationReport {

    static final String PAGE = "index.html";
    static final String BATCH = "batch.png";
    static final String JSON = "explanations.json";
    static final String FIGURE = "figure.png";

    /** A grid of more would be too large to look at. */
    static final int LARGEST_BATCH = 100;

    private final Provenance provenance;
    private final List<String> labels;
    private final List<ConfiguredExplainer> explainers;
    private final ExplanationRun.Result result;
    private final String remark;
    private final List<String> folders;
    private final Map<ConfiguredExplainer, String> files = new IdentityHashMap<>();
    private final Map<ConfiguredExplainer, String> titles = new IdentityHashMap<>();

    /**
     * A report yet to be written.
     *
     * @param labels the model's classes in the order of the logits
     * @param explainers all that were asked for, those that failed included
     * @param remark what a reader should know first; blank if nothing
     */
    public ExplanationReport(
            Provenance provenance,
            List<String> labels,
            List<ConfiguredExplainer> explainers,
            ExplanationRun.Result result,
            String remark) {
        this.provenance = provenance;
        this.labels = List.copyOf(labels);
        this.explainers = List.copyOf(explainers);
        this.result = result;
        this.remark = remark;
        this.folders = UniqueNames.of(
                result.images().stream().map(image -> image.image().stem()).toList(), PAGE, BATCH, JSON);
        List<String> names =
                UniqueNames.of(explainers.stream().map(e -> e.card().name()).toList());
        for (int i = 0; i < explainers.size(); i++) {
            files.put(explainers.get(i), names.get(i) + ".npy");
            titles.put(explainers.get(i), distinctTitle(explainers.get(i)));
        }
    }

    /**
     * Checks that a report can be written into this folder, before work begins; leaves no trace.
     *
     * @throws InvalidInputException if it can't, or if the folder holds something that is not of an earlier report
     */
    public static void requireWritable(Path folder) {
        StagedFolder.requireReplaceable(folder, ExplanationReport::files);
    }

    /** The files of the report in this folder, relative to it; empty where there is none. */
    static Set<String> files(Path folder) {
        Path json = folder.resolve(JSON);
        return Files.isRegularFile(json) ? ReportJson.files(json) : Set.of();
    }

    /**
     * Writes the report; an earlier one in this folder is replaced once the new one is complete.
     *
     * @throws InvalidInputException if it can't be written there
     */
    public void write(Path folder) throws IOException {
        requireWritable(folder);
        try (StagedFolder staged = StagedFolder.beside(folder)) {
            for (int i = 0; i < result.images().size(); i++) {
                write(
                        result.images().get(i),
                        Files.createDirectory(staged.path().resolve(folders.get(i))));
            }
            Optional<ConfiguredExplainer> inBatch = batchExplainer();
            if (inBatch.isPresent()) {
                Files.write(staged.path().resolve(BATCH), batch(inBatch.get()));
            }
            Files.writeString(staged.path().resolve(JSON), new ReportJson(this).text());
            new ReportPage(this, staged.path()).write(staged.path().resolve(PAGE));
            staged.commit();
        }
    }

    private void write(ExplainedImage image, Path folder) throws IOException {
        List<Panel> panels = new ArrayList<>();
        for (Explanation explanation : image.explanations()) {
            panels.add(new Panel(titles.get(explanation.explainer()), heatmap(explanation), badge(explanation)));
            NpyFile.write(
                    folder.resolve(files.get(explanation.explainer())),
                    explanation.attribution().values().get(0));
        }
        Files.write(
                folder.resolve(FIGURE),
                Png.bytes(
                        ImageFigure.render(image.image().pixels(), image.prediction(labels), image.target(), panels)));
    }

    private byte[] batch(ConfiguredExplainer explainer) {
        List<BatchFigure.Row> rows = result.images().stream()
                .limit(LARGEST_BATCH)
                .flatMap(image -> explanation(image, explainer).stream()
                        .map(explanation -> new BatchFigure.Row(
                                image.image().pixels(),
                                image.prediction(labels),
                                heatmap(explanation),
                                image.image().name())))
                .toList();
        return Png.bytes(BatchFigure.render(titles.get(explainer), rows));
    }

    static Heatmap heatmap(Explanation explanation) {
        return Heatmap.of(explanation.attribution(), 0, explanation.blank());
    }

    private Optional<String> badge(Explanation explanation) {
        return explanation
                .rival()
                .filter(rival -> rival.verdict(labels).isPresent())
                .map(rival ->
                        Verdict.Kind.CLASS_INSENSITIVE.label() + ": same map for " + labels.get(rival.classIndex()));
    }

    /** The first class activation map that explained any image, or else the first explainer that did. */
    Optional<ConfiguredExplainer> batchExplainer() {
        List<ConfiguredExplainer> delivered = explainers.stream()
                .filter(explainer -> !result.images().isEmpty()
                        && explanation(result.images().get(0), explainer).isPresent())
                .toList();
        return delivered.stream()
                .filter(explainer -> explainer.card().family() == ExplainerCard.Family.CAM)
                .findFirst()
                .or(() -> delivered.stream().findFirst());
    }

    static Optional<Explanation> explanation(ExplainedImage image, ConfiguredExplainer explainer) {
        return image.explanations().stream()
                .filter(explanation -> explanation.explainer() == explainer)
                .findFirst();
    }

    /** The method's title; where it was asked for twice, with the values by which the two differ: figures have little room. */
    private String distinctTitle(ConfiguredExplainer explainer) {
        List<ConfiguredExplainer> namesakes = explainers.stream()
                .filter(other -> other.card().name().equals(explainer.card().name()))
                .toList();
        String different = explainer.allOptions().entrySet().stream()
                .filter(option -> !option.getValue().isEmpty())
                .filter(option -> namesakes.stream()
                        .anyMatch(other ->
                                !option.getValue().equals(other.allOptions().get(option.getKey()))))
                .map(option -> option.getValue().matches("true|false")
                        ? option.getKey() + "=" + option.getValue()
                        : option.getValue())
                .collect(Collectors.joining(", "));
        return different.isEmpty() ? explainer.card().title() : explainer.card().title() + " (" + different + ")";
    }

    Provenance provenance() {
        return provenance;
    }

    List<String> labels() {
        return labels;
    }

    List<ConfiguredExplainer> explainers() {
        return explainers;
    }

    ExplanationRun.Result result() {
        return result;
    }

    String remark() {
        return remark;
    }

    /** The folder of an image, by its index. */
    String folder(int image) {
        return folders.get(image);
    }

    /** The name of an explainer's files. */
    String file(ConfiguredExplainer explainer) {
        return files.get(explainer);
    }

    /** What figures and the page call an explainer. */
    String title(ConfiguredExplainer explainer) {
        return titles.get(explainer);
    }
}

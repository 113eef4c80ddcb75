package dev.inkling.app;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What to explain, as users type it: {@code predicted}, {@code label}, {@code predicted-vs-label} (of a mistake: why this
 * class and not the true one), a class such as {@code 3}, or two of them such as {@code 4-vs-9}: why 4 and not 9.
 */
public final class TargetSpec {

    private static final String VERSUS = "-vs-";
    private static final String PREDICTED = "predicted";
    private static final String LABEL = "label";
    private static final String MISTAKE = PREDICTED + VERSUS + LABEL;

    private final String text;
    private final Kind kind;
    private final int why;
    private final int whyNot;
    private final List<String> labels;

    private TargetSpec(String text, Kind kind, int why, int whyNot, List<String> labels) {
        this.text = text;
        this.kind = kind;
        this.why = why;
        this.whyNot = whyNot;
        this.labels = List.copyOf(labels);
    }

    private enum Kind {
        PREDICTED,
        LABEL,
        MISTAKE,
        CLASS,
        CONTRAST
    }

    /**
     * Reads a target. A class is named by its label; where no label is a number, also by its index.
     *
     * @param labels the model's classes in the order of the logits
     * @param labelled whether every image comes with its true class
     * @throws InvalidInputException if the text names no class, one class twice, or the label where there is none
     */
    public static TargetSpec parse(String text, List<String> labels, boolean labelled) {
        if (text.equals(PREDICTED)) {
            return new TargetSpec(text, Kind.PREDICTED, -1, -1, labels);
        }
        if (text.equals(LABEL) || text.equals(MISTAKE)) {
            if (!labelled) {
                throw new InvalidInputException(
                        "target '%s' needs labelled images, and image files carry no label;"
                                + " use --data with --index, or name a class",
                        text);
            }
            return text.equals(LABEL) ? new TargetSpec(text, Kind.LABEL, -1, -1, labels) : mistakes(labels);
        }
        Optional<Integer> single = find(text, labels);
        if (single.isPresent()) {
            return new TargetSpec(text, Kind.CLASS, single.get(), -1, labels);
        }
        // A label may itself hold the separator, so every place where it stands is tried.
        int at = text.indexOf(VERSUS);
        List<String> unknown = new ArrayList<>(List.of(text));
        while (at >= 0) {
            String first = text.substring(0, at);
            String second = text.substring(at + VERSUS.length());
            Optional<Integer> why = find(first, labels);
            Optional<Integer> whyNot = find(second, labels);
            if (why.isPresent() && whyNot.isPresent()) {
                if (why.get().equals(whyNot.get())) {
                    throw new InvalidInputException("target '%s' contrasts a class with itself; name two", text);
                }
                return new TargetSpec(text, Kind.CONTRAST, why.get(), whyNot.get(), labels);
            }
            unknown = new ArrayList<>();
            if (why.isEmpty()) {
                unknown.add(first);
            }
            if (whyNot.isEmpty()) {
                unknown.add(second);
            }
            at = text.indexOf(VERSUS, at + 1);
        }
        throw new InvalidInputException(
                "target '%s': no class '%s'; classes: %s; expected predicted, label, predicted-vs-label, a class, or two"
                        + " such as %s-vs-%s",
                text, String.join("', '", unknown), String.join(", ", labels), labels.get(0), labels.get(1));
    }

    /** Of each image the predicted class against the true one; of an image classified right the predicted class alone. */
    public static TargetSpec mistakes(List<String> labels) {
        return new TargetSpec(MISTAKE, Kind.MISTAKE, -1, -1, labels);
    }

    private static Optional<Integer> find(String text, List<String> labels) {
        int named = labels.indexOf(text);
        if (named >= 0) {
            return Optional.of(named);
        }
        // With labels 1, 2, 3 the index 0 would name what everything else calls 1.
        boolean numbered = labels.stream().anyMatch(label -> label.matches("\\d+"));
        if (!numbered && text.matches("\\d{1,9}") && Integer.parseInt(text) < labels.size()) {
            return Optional.of(Integer.parseInt(text));
        }
        return Optional.empty();
    }

    /** As the user typed it. */
    public String text() {
        return text;
    }

    /**
     * The class each image's explanation speaks for.
     *
     * @param predicted the predicted class of each image
     * @param truth the true class of each image, read only where the target speaks of the label
     */
    public Targets targets(int[] predicted, int[] truth) {
        return switch (kind) {
            case PREDICTED -> Targets.classes(labels.size(), predicted);
            case LABEL -> Targets.classes(labels.size(), truth);
            case MISTAKE -> mistakes(predicted, truth);
            case CLASS -> Targets.classes(labels.size(), filled(predicted.length, why));
            case CONTRAST ->
                Targets.contrast(labels.size(), filled(predicted.length, why), filled(predicted.length, whyNot));
        };
    }

    private Targets mistakes(int[] predicted, int[] truth) {
        int classes = labels.size();
        float[] weights = new float[predicted.length * classes];
        for (int n = 0; n < predicted.length; n++) {
            weights[n * classes + truth[n]] = -1;
            // After the truth: where both are one class, it stands for itself.
            weights[n * classes + predicted[n]] = 1;
        }
        return Targets.of(FloatArrays.of(weights, predicted.length, classes));
    }

    /** One image's target in words: {@code why 7 (predicted)}, {@code why 2 (label)}, {@code why 3}, {@code why 4, not 9}. */
    public String describe(int predicted, int truth) {
        return "why "
                + switch (kind) {
                    case PREDICTED -> labels.get(predicted) + " (predicted)";
                    case LABEL -> labels.get(truth) + " (label)";
                    case MISTAKE ->
                        labels.get(predicted)
                                + (predicted == truth ? " (predicted, and right)" : ", not " + labels.get(truth));
                    case CLASS -> labels.get(why);
                    case CONTRAST -> labels.get(why) + ", not " + labels.get(whyNot);
                };
    }

    private static int[] filled(int length, int value) {
        int[] values = new int[length];
        Arrays.fill(values, value);
        return values;
    }
}

package dev.inkling.app;

import dev.inkling.model.MeteredModel;
import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.SanityCheck;
import dev.inkling.spi.Targets;
import dev.inkling.spi.Verdict;
import dev.inkling.trainer.Softmax;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Lets several explainers explain a list of images, a batch at a time, and keeps one that breaks from stopping the others.
 */
public final class ExplanationRun {

    /** Images per call of an explainer: enough for the model to be fast, few enough for progress to move. */
    static final int BATCH = 64;

    private final Model model;
    private final TargetSpec target;
    private final List<ConfiguredExplainer> explainers;
    private final ClassCheck classCheck;
    private final Listener listener;

    /** A run that compares nothing with another class. */
    public ExplanationRun(Model model, TargetSpec target, List<ConfiguredExplainer> explainers, Listener listener) {
        this(model, target, explainers, ClassCheck.NEVER, listener);
    }

    public ExplanationRun(
            Model model,
            TargetSpec target,
            List<ConfiguredExplainer> explainers,
            ClassCheck classCheck,
            Listener listener) {
        this.model = model;
        this.target = target;
        this.explainers = List.copyOf(explainers);
        this.classCheck = classCheck;
        this.listener = listener;
    }

    /** Told how a run gets on; on the thread that runs, where nothing else is said. */
    public interface Listener {

        /** Hears nothing. */
        Listener NONE = new Listener() {};

        /** An explainer starts on the images. */
        default void started(ConfiguredExplainer explainer, int images) {}

        /**
         * The model was asked, on the explainer's behalf, for so many images forward and backward; on the thread that asked it, of which
         * an explainer may have several.
         */
        default void evaluated(long forward, long backward) {}

        /** So many more images are explained. */
        default void explained(int images) {}

        /** The explainer broke; it is asked no more. */
        default void failed(Failure failure) {}

        /** All explainers are done, or failed. */
        default void finished() {}
    }

    /**
     * What came of a run.
     *
     * @param images every image, with the explanations that were delivered
     * @param failures one per explainer that broke, in the order asked
     */
    public record Result(List<ExplainedImage> images, List<Failure> failures) {

        public Result {
            images = List.copyOf(images);
            failures = List.copyOf(failures);
        }
    }

    /**
     * An explainer that broke.
     *
     * @param explainer which
     * @param delivered images it had explained before; their explanations are kept
     * @param cause what it threw
     */
    public record Failure(ConfiguredExplainer explainer, int delivered, Throwable cause) {

        /** The root cause in one line: its type and message, or for bad input just the message. */
        public String reason() {
            return cause instanceof InvalidInputException || cause instanceof BrokenContractException
                    ? cause.getMessage()
                    : RootCause.describe(cause);
        }
    }

    /** An explainer returned something that is no answer. */
    private static final class BrokenContractException extends RuntimeException {
        BrokenContractException(String message) {
            super(message);
        }
    }

    /**
     * Predicts and explains.
     *
     * @param images N ≥ 1, in the model's shape; each with its label where the target is {@code label}
     * @throws InvalidInputException if an image has another shape or holds a value that is not finite; nothing is computed then
     * @throws RuntimeException what the model itself throws when asked for its scores
     */
    public Result run(List<InputImage> images) {
        images.forEach(this::requireFit);
        int classCount = model.signature().classCount();
        List<List<Explanation>> explanations = new ArrayList<>();
        float[] logits = new float[images.size() * classCount];
        for (int from = 0; from < images.size(); from += BATCH) {
            int to = Math.min(images.size(), from + BATCH);
            float[] scores = FloatArrays.flat(model.scores(stacked(images, from, to)));
            for (int i = 0; i < scores.length; i++) {
                if (!Float.isFinite(scores[i])) {
                    throw new InvalidInputException(
                            "model '%s' gives %s the score %s for class %s, expected a finite number;"
                                    + " the model is damaged or was trained to ruin",
                            model.signature().name(),
                            images.get(from + i / classCount).name(),
                            scores[i],
                            model.signature().labels().get(i % classCount));
                }
                logits[from * classCount + i] = scores[i];
            }
            IntStream.range(from, to).forEach(i -> explanations.add(new ArrayList<>()));
        }
        int[] predicted = Targets.predictedClasses(FloatArrays.of(logits, images.size(), classCount));
        int[] truth =
                images.stream().mapToInt(image -> image.label().orElse(-1)).toArray();
        Targets targets = target.targets(predicted, truth);

        List<Failure> failures = new ArrayList<>();
        for (ConfiguredExplainer explainer : explainers) {
            explain(explainer, images, targets, explanations, failures);
        }
        listener.finished();
        List<ExplainedImage> explained = IntStream.range(0, images.size())
                .mapToObj(i -> new ExplainedImage(
                        images.get(i),
                        Softmax.of(logits, i * classCount, classCount),
                        target.describe(predicted[i], truth[i]),
                        explanations.get(i)))
                .toList();
        return new Result(explained, failures);
    }

    private void explain(
            ConfiguredExplainer explainer,
            List<InputImage> images,
            Targets targets,
            List<List<Explanation>> explanations,
            List<Failure> failures) {
        listener.started(explainer, images.size());
        for (int from = 0; from < images.size(); from += BATCH) {
            int to = Math.min(images.size(), from + BATCH);
            List<Explanation> batch;
            try {
                batch = explain(explainer, stacked(images, from, to), targets.rows(from, to));
            } catch (VirtualMachineError e) {
                throw e;
            } catch (Throwable e) {
                // Whatever a plug-in throws, missing classes included, must not take the others' results with it.
                Failure failure = new Failure(explainer, from, e);
                failures.add(failure);
                listener.failed(failure);
                return;
            }
            for (int i = from; i < to; i++) {
                explanations.get(i).add(batch.get(i - from));
            }
            listener.explained(to - from);
        }
    }

    private List<Explanation> explain(ConfiguredExplainer explainer, FloatNdArray images, Targets targets) {
        int count = targets.count();
        MeteredModel metered = new MeteredModel(model, listener::evaluated);
        long start = System.nanoTime();
        Attribution attribution = explainer.explainer().explain(metered, images, targets);
        double milliseconds = (System.nanoTime() - start) / 1e6;
        if (attribution == null) {
            throw new BrokenContractException("returned nothing (null) for " + count + " images");
        }
        if (attribution.count() != count || attribution.values().size() == 0) {
            throw new BrokenContractException("returned values of shape "
                    + attribution.values().shape() + " for " + count + " images; expected (" + count + ", h, w, c)");
        }
        Explanation.Cost cost = new Explanation.Cost(
                (double) metered.forward() / count, (double) metered.backward() / count, milliseconds / count);
        SanityCheck check = new SanityCheck(new MeteredModel(model, listener::evaluated));
        List<Optional<Verdict>> blank = check.ofMaps(attribution, images, targets);
        List<Optional<SanityCheck.Rival>> rivals = classCheck.isDue(explainer.card(), cost)
                ? check.rivals(explainer.explainer(), attribution, images, targets)
                : Collections.nCopies(count, Optional.empty());
        return IntStream.range(0, count)
                .mapToObj(i -> new Explanation(
                        explainer, attribution.image(i), cost, verdicts(blank.get(i), rivals.get(i)), rivals.get(i)))
                .toList();
    }

    private List<Verdict> verdicts(Optional<Verdict> blank, Optional<SanityCheck.Rival> rival) {
        return Stream.concat(
                        blank.stream(),
                        rival
                                .flatMap(compared ->
                                        compared.verdict(model.signature().labels()))
                                .stream())
                .toList();
    }

    private void requireFit(InputImage image) {
        try {
            model.signature().requireImages(image.pixels());
        } catch (InvalidInputException e) {
            throw new InvalidInputException(e, "'%s': %s", image.name(), e.getMessage());
        }
    }

    private FloatNdArray stacked(List<InputImage> images, int from, int to) {
        int size = model.signature().imageSize();
        float[] values = new float[(to - from) * size];
        for (int i = from; i < to; i++) {
            System.arraycopy(FloatArrays.flat(images.get(i).pixels()), 0, values, (i - from) * size, size);
        }
        ModelSignature signature = model.signature();
        return signature
                .range()
                .fromUnit(
                        FloatArrays.of(values, to - from, signature.height(), signature.width(), signature.channels()));
    }
}

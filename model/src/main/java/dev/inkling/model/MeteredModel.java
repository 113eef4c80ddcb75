package dev.inkling.model;

import dev.inkling.spi.Biases;
import dev.inkling.spi.Formula;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Targets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * A model that counts how many images are evaluated through it, forward and backward; explainers know nothing of it.
 *
 * <p>Scores, activations and scores from a layer count N forward; gradients, layer gradients, biases' contributions and propagation count
 * N forward and N backward, with DeepLIFT's baselines N forward more. Formulas count as what they read: a score's drop as a pass for each
 * channel and two more, image by image, since one takes as long as many. A call that fails counts nothing else. Capabilities of an
 * implementation's own type are handed out as they are: what is done through them is not counted. Safe for use by several threads.
 */
public final class MeteredModel implements Model {

    private final Model model;
    private final Meter meter;
    private final AtomicLong forward = new AtomicLong();
    private final AtomicLong backward = new AtomicLong();

    /** Counts, and tells the meter after each call. */
    public MeteredModel(Model model, Meter meter) {
        this.model = Objects.requireNonNull(model, "model");
        this.meter = Objects.requireNonNull(meter, "meter");
    }

    /** Told of each call's cost after it; what it throws reaches the caller, which cancels an explainer's work. */
    @FunctionalInterface
    public interface Meter {

        /**
         * Images were evaluated; called on the thread that asked, or that was shown an image.
         *
         * @param forward images sent forward
         * @param backward images sent backward
         */
        void evaluated(long forward, long backward);
    }

    /** Images sent forward so far. */
    public long forward() {
        return forward.get();
    }

    /** Images sent backward so far. */
    public long backward() {
        return backward.get();
    }

    @Override
    public ModelSignature signature() {
        return model.signature();
    }

    @Override
    public FloatNdArray scores(FloatNdArray images) {
        FloatNdArray scores = model.scores(images);
        count(images, false);
        return scores;
    }

    @Override
    public <T> Optional<T> capability(Class<T> type) {
        return model.capability(type).map(capability -> metered(type, capability));
    }

    private <T> T metered(Class<T> type, T capability) {
        if (type == Gradients.class) {
            return type.cast(new MeteredGradients((Gradients) capability));
        } else if (type == Layers.class) {
            return type.cast(new MeteredLayers((Layers) capability));
        } else if (type == Biases.class) {
            return type.cast(new MeteredBiases((Biases) capability));
        } else if (type == Propagation.class) {
            return type.cast(new MeteredPropagation((Propagation) capability));
        }
        return capability;
    }

    private void count(FloatNdArray images, boolean back) {
        long n = images.shape().get(0);
        count(n, back ? n : 0);
    }

    private void count(long sentForward, long sentBackward) {
        forward.addAndGet(sentForward);
        backward.addAndGet(sentBackward);
        meter.evaluated(sentForward, sentBackward);
    }

    private final class MeteredGradients implements Gradients {

        private final Gradients gradients;

        MeteredGradients(Gradients gradients) {
            this.gradients = gradients;
        }

        @Override
        public FloatNdArray gradients(FloatNdArray images, Targets targets) {
            FloatNdArray result = gradients.gradients(images, targets);
            count(images, true);
            return result;
        }
    }

    private final class MeteredLayers implements Layers {

        private final Layers layers;

        MeteredLayers(Layers layers) {
            this.layers = layers;
        }

        @Override
        public FloatNdArray activations(String layer, FloatNdArray images) {
            FloatNdArray result = layers.activations(layer, images);
            count(images, false);
            return result;
        }

        @Override
        public void visit(String layer, FloatNdArray images, Targets targets, List<Formula> formulas, Visitor visitor) {
            Set<Formula.Input> read = Formula.inputs(formulas);
            boolean back = read.contains(Formula.Input.GRADIENT);
            if (!read.contains(Formula.Input.SCORE_DROP)) {
                layers.visit(layer, images, targets, formulas, visitor);
                count(images, back);
                return;
            }
            // The layer, then the scores of the whole and without each channel.
            long each = 2 + signature().layer(layer).channels();
            layers.visit(layer, images, targets, formulas, (image, values) -> {
                visitor.visit(image, values);
                count(each, back ? 1 : 0);
            });
        }

        @Override
        public LayerGradients gradients(String layer, FloatNdArray images, Targets targets) {
            LayerGradients result = layers.gradients(layer, images, targets);
            count(images, true);
            return result;
        }

        @Override
        public FloatNdArray scoresFrom(String layer, FloatNdArray activations) {
            FloatNdArray result = layers.scoresFrom(layer, activations);
            count(activations, false);
            return result;
        }
    }

    private final class MeteredBiases implements Biases {

        private final Biases biases;

        MeteredBiases(Biases biases) {
            this.biases = biases;
        }

        @Override
        public void visit(FloatNdArray images, Targets targets, List<Formula> formulas, Visitor visitor) {
            biases.visit(images, targets, formulas, visitor);
            count(images, true);
        }

        @Override
        public List<Contribution> contributions(FloatNdArray images, Targets targets) {
            List<Contribution> result = biases.contributions(images, targets);
            count(images, true);
            return result;
        }
    }

    private final class MeteredPropagation implements Propagation {

        private final Propagation propagation;

        MeteredPropagation(Propagation propagation) {
            this.propagation = propagation;
        }

        @Override
        public Propagated propagate(FloatNdArray images, Targets targets, Rule rule) {
            Propagated result = propagation.propagate(images, targets, rule);
            if (rule instanceof Rule.DeepLift lift) {
                count(lift.baseline(), false);
            }
            count(images, true);
            return result;
        }
    }
}

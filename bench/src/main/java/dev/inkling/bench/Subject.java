package dev.inkling.bench;

import dev.inkling.model.Execution;
import dev.inkling.model.Precision;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.model.saved.ModelChoices;
import dev.inkling.spi.BackgroundModel;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.Options;
import dev.inkling.spi.Targets;
import dev.inkling.trainer.DataSources;
import dev.inkling.trainer.DownloadListener;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.FloatNdArray;

/** What explainers are measured on: the pretrained model, 50 generated digits, and the classes that it takes them for. */
final class Subject implements AutoCloseable {

    /** From the root of the repository, where {@code bench/run} works. */
    static final Path PRETRAINED = Path.of("app/src/main/resources/dev/inkling/app/pretrained");

    static final int IMAGES = 50;

    private static final int BACKGROUND = 10;

    private final TensorFlowModel network;
    private final Model model;
    private final FloatNdArray images;
    private final Targets targets;
    private final Map<String, ExplainerProvider<?>> providers;

    Subject(Precision precision) {
        this.network = TensorFlowModel.load(PRETRAINED, ModelChoices.NONE, Execution.in(precision));
        int[] indices = new int[IMAGES];
        Arrays.setAll(indices, i -> i);
        this.images =
                DataSources.open("strokes", DownloadListener.SILENT).test().images(indices);
        this.targets = Targets.predicted(network.scores(images));
        this.model = new BackgroundModel(network, images(BACKGROUND));
        this.providers = ServiceLoader.load(ExplainerProvider.class).stream()
                .<ExplainerProvider<?>>map(ServiceLoader.Provider::get)
                .collect(Collectors.toMap(provider -> provider.card().name(), provider -> provider));
    }

    /** Which has some of the images as background. */
    Model model() {
        return model;
    }

    /** How long at least one thread was in TensorFlow so far. */
    long nanosInTensorFlow() {
        return network.nanosInTensorFlow();
    }

    /** The names of all explainers, sorted. */
    List<String> explainers() {
        return providers.keySet().stream().sorted().toList();
    }

    /** The first images, (N, H, W, C). */
    FloatNdArray images(int count) {
        float[] pixels = FloatArrays.flat(images);
        long[] shape = images.shape().asArray();
        shape[0] = count;
        return FloatArrays.of(Arrays.copyOf(pixels, count * network.signature().imageSize()), shape);
    }

    /** The first images' targets. */
    Targets targets(int count) {
        return targets.rows(0, count);
    }

    /** What is measured; the result is a map or scores. */
    interface Method {
        FloatNdArray on(Model model, FloatNdArray images, Targets targets);
    }

    /**
     * A method by name.
     *
     * @param words an explainer's name, or {@code forward} for the scores alone; then options as NAME=VALUE
     * @throws InvalidInputException if there is no such explainer or option
     */
    Method method(List<String> words) {
        String name = words.get(0);
        if (name.equals("forward")) {
            return (model, images, targets) -> model.scores(images);
        }
        ExplainerProvider<?> provider = providers.get(name);
        if (provider == null) {
            throw new InvalidInputException("no explainer '%s' is installed", name);
        }
        Map<String, String> options = new HashMap<>();
        for (String word : words.subList(1, words.size())) {
            options.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
        }
        Explainer explainer = create(provider, options);
        return (model, images, targets) ->
                explainer.explain(model, images, targets).values();
    }

    private static <O extends Record> Explainer create(ExplainerProvider<O> provider, Map<String, String> options) {
        return provider.create(Options.parse(provider.options(), options));
    }

    @Override
    public void close() {
        network.close();
    }
}

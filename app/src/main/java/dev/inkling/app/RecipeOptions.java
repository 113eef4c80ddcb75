package dev.inkling.app;

import com.beust.jcommander.Parameter;
import dev.inkling.model.Design;
import dev.inkling.model.Precision;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.trainer.AugmentationSettings;
import dev.inkling.trainer.OptimizerSettings;
import dev.inkling.trainer.Preset;
import dev.inkling.trainer.Schedule;
import dev.inkling.trainer.TrainSettings;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The options of {@code inkling train} that decide what is computed. A field is null until the user gives a value; then it takes
 * the place of the preset's. The defaults shown by {@code --help} are the presets' (a test compares them).
 */
final class RecipeOptions {

    private static final String RECIPE = "recipe";
    private static final String OPTIMIZER = "optimizer";
    private static final String AUGMENTATION = "augmentation, anew for every image in every epoch";
    private static final String NETWORK = "network";

    @Parameter(
            names = "--preset",
            placeholder = "NAME",
            category = RECIPE,
            description = "default, or quick: one pass, for people who wait; options below change a preset")
    String preset = "default";

    @Parameter(
            names = "--epochs",
            category = RECIPE,
            defaultValueDescription = "20; quick: 1",
            description = "passes over the training images")
    Integer epochs;

    @Parameter(
            names = "--batch-size",
            category = RECIPE,
            defaultValueDescription = "128",
            description = "images per step")
    Integer batchSize;

    @Parameter(
            names = "--validation",
            category = RECIPE,
            defaultValueDescription = "0.05",
            description = "share of the training set that is held out to choose the best epoch by")
    Double validation;

    @Parameter(
            names = "--seed",
            category = RECIPE,
            description =
                    "of initial weights, split, order, augmentation and dropout: the same seed gives the same run")
    long seed;

    @Parameter(
            names = "--precision",
            placeholder = "NAME",
            category = RECIPE,
            description = "float32, bfloat16, or auto: bfloat16 where the processor has instructions for it")
    String precision = "auto";

    @Parameter(
            names = "--deterministic",
            category = RECIPE,
            description = "compute one operation after the other, in one order")
    boolean deterministic;

    @Parameter(
            names = "--learning-rate",
            category = OPTIMIZER,
            defaultValueDescription = "0.004",
            description = "Adam's step size at its peak")
    Double learningRate;

    @Parameter(
            names = "--schedule",
            placeholder = "NAME",
            category = OPTIMIZER,
            defaultValueDescription = "one-cycle",
            description = "how the learning rate changes over the run: constant, cosine or one-cycle")
    String schedule;

    @Parameter(
            names = "--warm-up",
            category = OPTIMIZER,
            defaultValueDescription = "0.2",
            description = "share of the steps in which the learning rate rises to its peak")
    Double warmUp;

    @Parameter(
            names = "--weight-decay",
            category = OPTIMIZER,
            defaultValueDescription = "0.05",
            description = "share of each kernel that a step of size 1 would take away (decoupled)")
    Double weightDecay;

    @Parameter(
            names = "--label-smoothing",
            category = OPTIMIZER,
            defaultValueDescription = "0.05; quick: 0.0",
            description = "share of the target that is spread over all classes")
    Double labelSmoothing;

    @Parameter(
            names = "--average",
            category = OPTIMIZER,
            defaultValueDescription = "0.995; quick: 0.98",
            description = "decay of the moving average of the weights, which is what is exported; 0 turns it off")
    Double average;

    @Parameter(names = "--no-augmentation", category = AUGMENTATION, description = "train on the images as they are")
    boolean noAugmentation;

    @Parameter(
            names = "--rotate",
            category = AUGMENTATION,
            defaultValueDescription = "6.5; quick: 0.0",
            description = "largest angle in degrees")
    Double rotate;

    @Parameter(
            names = "--translate",
            category = AUGMENTATION,
            defaultValueDescription = "0.04; quick: 0.0",
            description = "largest shift as a share of the image's side")
    Double translate;

    @Parameter(
            names = "--scale",
            category = AUGMENTATION,
            defaultValueDescription = "0.065; quick: 0.0",
            description = "largest growth as a share: 0.1 makes images 1/1.1 to 1.1 times as large")
    Double scale;

    @Parameter(
            names = "--shear",
            category = AUGMENTATION,
            defaultValueDescription = "5.0; quick: 0.0",
            description = "largest slant in degrees")
    Double shear;

    @Parameter(
            names = "--elastic",
            category = AUGMENTATION,
            defaultValueDescription = "16.0; quick: 0.0",
            description = "strength α of elastic deformation (Simard et al. 2003: 34)")
    Double elastic;

    @Parameter(
            names = "--elastic-sigma",
            category = AUGMENTATION,
            defaultValueDescription = "4.0",
            description = "smoothness σ of elastic deformation in pixels")
    Double elasticSigma;

    @Parameter(
            names = "--flip",
            category = AUGMENTATION,
            defaultValueDescription = "0.0",
            description = "probability of mirroring left and right")
    Double flip;

    @Parameter(
            names = "--erase",
            category = AUGMENTATION,
            defaultValueDescription = "0.0",
            description = "probability of overwriting a random rectangle with noise")
    Double erase;

    @Parameter(
            names = "--blocks",
            placeholder = "N,N,…",
            category = NETWORK,
            defaultValueDescription = "32,64,128",
            description = "channels of each block; images are halved between blocks")
    List<Integer> blocks = new ArrayList<>();

    @Parameter(
            names = "--convolutions",
            category = NETWORK,
            defaultValueDescription = "2",
            description = "convolutions per block")
    Integer convolutions;

    @Parameter(
            names = "--residual",
            category = NETWORK,
            description = "add each block's input to what its convolutions make of it")
    boolean residual;

    @Parameter(
            names = "--attention",
            category = NETWORK,
            description =
                    "average the features with weights of the network's own making; explainer attention shows them")
    boolean attention;

    @Parameter(
            names = "--units",
            category = NETWORK,
            defaultValueDescription = "256",
            description = "width of the dense layer")
    Integer units;

    @Parameter(
            names = "--dropout",
            category = NETWORK,
            defaultValueDescription = "0.1",
            description = "probability that a unit of the dense layer is dropped")
    Double dropout;

    /**
     * The recipe.
     *
     * @throws InvalidInputException if a value is out of bounds or two options contradict each other
     */
    TrainSettings settings() {
        TrainSettings base = named(Preset.class, "preset", preset).settings();
        return new TrainSettings(
                or(epochs, base.epochs()),
                or(batchSize, base.batchSize()),
                or(validation, base.validation()),
                optimizer(base.optimizer()),
                augmentation(base.augmentation()),
                design(base.design()),
                precision(precision),
                deterministic,
                seed);
    }

    private OptimizerSettings optimizer(OptimizerSettings base) {
        Schedule chosen = schedule == null ? base.schedule() : named(Schedule.class, "schedule", schedule);
        return new OptimizerSettings(
                or(learningRate, base.learningRate()),
                chosen,
                or(warmUp, chosen == Schedule.CONSTANT ? 0 : base.warmUp()),
                or(weightDecay, base.weightDecay()),
                or(labelSmoothing, base.labelSmoothing()),
                or(average, base.averageDecay()));
    }

    private AugmentationSettings augmentation(AugmentationSettings preset) {
        if (noAugmentation
                && Stream.of(rotate, translate, scale, shear, elastic, elasticSigma, flip, erase)
                        .anyMatch(Objects::nonNull)) {
            throw new InvalidInputException(
                    "--no-augmentation contradicts an augmentation that is asked for; leave out one of the two");
        }
        AugmentationSettings base = noAugmentation ? AugmentationSettings.NONE : preset;
        AugmentationSettings chosen = new AugmentationSettings(
                or(rotate, base.rotation()),
                or(translate, base.translation()),
                or(scale, base.scale()),
                or(shear, base.shear()),
                or(elastic, base.elastic()),
                or(elasticSigma, base.elasticSigma()),
                or(flip, base.flip()),
                or(erase, base.erasing()));
        if (elasticSigma != null && chosen.elastic() == 0) {
            throw new InvalidInputException(
                    "--elastic-sigma has no effect without elastic deformation; give its strength with --elastic");
        }
        return chosen;
    }

    private Design design(Design base) {
        return new Design(
                blocks.isEmpty() ? base.blocks() : blocks,
                or(convolutions, base.convolutions()),
                residual,
                attention,
                or(units, base.units()),
                or(dropout, base.dropout()));
    }

    /** What {@code --precision} means; {@code auto} is the fastest of this machine. */
    static Precision precision(String name) {
        return name.equals("auto") ? Precision.fastest() : named(Precision.class, "precision", name, "auto");
    }

    /** The options that the user gave, as a line that gives the same run again; {@code auto} is told as what it came to. */
    String commandLine(TrainSettings settings) {
        Map<String, String> given = new LinkedHashMap<>();
        for (Field field : getClass().getDeclaredFields()) {
            Parameter parameter = field.getAnnotation(Parameter.class);
            if (parameter != null) {
                text(field).ifPresent(value -> given.put(parameter.names()[0], value));
            }
        }
        given.put("--seed", String.valueOf(seed));
        given.put("--precision", text(settings.precision()));
        return given.entrySet().stream()
                .map(entry -> entry.getValue().isEmpty() ? entry.getKey() : entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(" "));
    }

    private Optional<String> text(Field field) {
        try {
            Object value = field.get(this);
            if (value == null || value.equals(false) || value.equals(List.of()) || value.equals("default")) {
                return Optional.empty();
            }
            if (value.equals(true)) {
                return Optional.of("");
            }
            if (value instanceof List<?> list) {
                return Optional.of(list.stream().map(String::valueOf).collect(Collectors.joining(",")));
            }
            return Optional.of(value.toString());
        } catch (IllegalAccessException e) {
            throw new AssertionError("the field is this class's own", e);
        }
    }

    private static <T> T or(T given, T otherwise) {
        return given == null ? otherwise : given;
    }

    private static double or(Double given, double otherwise) {
        return given == null ? otherwise : given;
    }

    /** An enum's constant as the user types it: {@code one-cycle}. */
    static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E extends Enum<E>> E named(Class<E> type, String what, String name, String... more) {
        for (E constant : type.getEnumConstants()) {
            if (text(constant).equals(name)) {
                return constant;
            }
        }
        List<String> names = Stream.concat(
                        Stream.of(more), Stream.of(type.getEnumConstants()).map(RecipeOptions::text))
                .toList();
        throw new InvalidInputException(
                "no %s '%s'; there are: %s%s", what, name, String.join(", ", names), DidYouMean.hint(name, names));
    }
}

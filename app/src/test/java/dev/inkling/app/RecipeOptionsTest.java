package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.beust.jcommander.JCommander;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RecipeOptionsTest {

    private static RecipeOptions options(String... arguments) {
        RecipeOptions options = new RecipeOptions();
        JCommander.newBuilder().addObject(options).build().parse(arguments);
        return options;
    }

    @ParameterizedTest
    @EnumSource
    void withoutMoreAPresetIsWhatItIs(Preset preset) {
        TrainSettings found = options(
                        "--preset", preset.name().toLowerCase(java.util.Locale.ROOT), "--precision", "float32")
                .settings();
        assertThat(found).isEqualTo(preset.settings());
    }

    @Test
    void everyKnobIsAFlag() {
        TrainSettings found = options(
                        ("--epochs 3 --batch-size 7 --validation 0.25 --seed 9 --precision bfloat16 --deterministic"
                                        + " --learning-rate 0.5 --schedule cosine --warm-up 0.125 --weight-decay 0.75"
                                        + " --label-smoothing 0.5 --average 0.875 --rotate 1 --translate 0.5 --scale 3"
                                        + " --shear 4 --elastic 5 --elastic-sigma 6 --flip 0.25 --erase 0.75"
                                        + " --blocks 5,6 --convolutions 3 --residual --attention --units 11 --dropout 0.125")
                                .split(" "))
                .settings();
        assertThat(found)
                .isEqualTo(new TrainSettings(
                        3,
                        7,
                        0.25,
                        new OptimizerSettings(0.5, Schedule.COSINE, 0.125, 0.75, 0.5, 0.875),
                        new AugmentationSettings(1, 0.5, 3, 4, 5, 6, 0.25, 0.75),
                        new Design(List.of(5, 6), 3, true, true, 11, 0.125),
                        Precision.BFLOAT16,
                        true,
                        9));
    }

    /** What --help says is what the presets hold. */
    @Test
    void helpTellsThePresetsValues() throws IllegalAccessException {
        TrainSettings standard = Preset.DEFAULT.settings();
        TrainSettings quick = Preset.QUICK.settings();
        Map<String, String> told = new LinkedHashMap<>();
        for (Field field : RecipeOptions.class.getDeclaredFields()) {
            Parameter parameter = field.getAnnotation(Parameter.class);
            if (parameter != null && !parameter.defaultValueDescription().isEmpty()) {
                told.put(parameter.names()[0], parameter.defaultValueDescription());
            }
        }
        Map<String, String> expected = new LinkedHashMap<>();
        Map<String, Object> defaults = knobs(standard);
        knobs(quick)
                .forEach((name, value) -> expected.put(
                        name,
                        defaults.get(name).equals(value)
                                ? String.valueOf(value)
                                : defaults.get(name) + "; quick: " + value));
        assertThat(told).containsExactlyInAnyOrderEntriesOf(expected);
    }

    private static Map<String, Object> knobs(TrainSettings settings) {
        OptimizerSettings optimizer = settings.optimizer();
        AugmentationSettings augmentation = settings.augmentation();
        Design design = settings.design();
        Map<String, Object> knobs = new LinkedHashMap<>();
        knobs.put("--epochs", settings.epochs());
        knobs.put("--batch-size", settings.batchSize());
        knobs.put("--validation", settings.validation());
        knobs.put("--learning-rate", optimizer.learningRate());
        knobs.put(
                "--schedule",
                optimizer.schedule().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
        knobs.put("--warm-up", optimizer.warmUp());
        knobs.put("--weight-decay", optimizer.weightDecay());
        knobs.put("--label-smoothing", optimizer.labelSmoothing());
        knobs.put("--average", optimizer.averageDecay());
        knobs.put("--rotate", augmentation.rotation());
        knobs.put("--translate", augmentation.translation());
        knobs.put("--scale", augmentation.scale());
        knobs.put("--shear", augmentation.shear());
        knobs.put("--elastic", augmentation.elastic());
        knobs.put("--elastic-sigma", augmentation.elasticSigma());
        knobs.put("--flip", augmentation.flip());
        knobs.put("--erase", augmentation.erasing());
        knobs.put("--blocks", design.blocks().stream().map(String::valueOf).collect(Collectors.joining(",")));
        knobs.put("--convolutions", design.convolutions());
        knobs.put("--units", design.units());
        knobs.put("--dropout", design.dropout());
        return knobs;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--preset slow|no preset 'slow'; there are: default, quick",
                "--preset quik|no preset 'quik'; there are: default, quick — did you mean 'quick'?",
                "--precision half|no precision 'half'; there are: auto, float32, bfloat16",
                "--schedule onecycle|no schedule 'onecycle'; there are: constant, cosine, one-cycle"
                        + " — did you mean 'one-cycle'?",
                "--no-augmentation --rotate 3|--no-augmentation contradicts an augmentation that is asked for; leave out"
                        + " one of the two",
                "--no-augmentation --elastic-sigma 3|--no-augmentation contradicts an augmentation that is asked for;"
                        + " leave out one of the two",
                "--preset quick --elastic-sigma 3|--elastic-sigma has no effect without elastic deformation; give its"
                        + " strength with --elastic",
                "--schedule constant --warm-up 0.1|warm-up is 0.1, but a constant learning rate has none; leave it out or"
                        + " choose another schedule",
            })
    void whatMakesNoSenseIsRefusedWithAReason(String arguments, String message) {
        assertThatThrownBy(() -> options(arguments.split(" ")).settings())
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(message);
    }

    @Test
    void aConstantRateNeedsNoWordAboutWarmUp() {
        assertThat(options("--schedule", "constant").settings().optimizer().warmUp())
                .isZero();
    }

    /** Read again, the line gives the same settings. */
    @Test
    void theCommandLineGivesTheSameAgain() {
        String line =
                "--preset quick --epochs 3 --no-augmentation --blocks 5,6 --schedule cosine --seed 4 --precision float32";
        RecipeOptions options = options(line.split(" "));
        String again = options.commandLine(options.settings());
        assertThat(options(again.split(" ")).settings()).isEqualTo(options.settings());
        assertThat(again).contains("--preset quick", "--blocks 5,6", "--no-augmentation", "--precision float32");
        RecipeOptions none = options();
        assertThat(none.commandLine(Preset.DEFAULT.settings())).isEqualTo("--seed 0 --precision float32");
    }
}

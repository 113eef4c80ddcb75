package dev.inkling.app;

import com.beust.jcommander.Parameter;
import dev.inkling.model.Execution;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.model.saved.ModelChoices;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature.ValueRange;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How to read and run a model, and what to take it for where Inkling did not write it. */
class ModelChoiceOptions {

    private static final String FOREIGN =
            "a SavedModel that Inkling did not write; what is not given is found out, and told";

    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})(?:[x×](\\d{1,5}))?(?:[x×](\\d{1,2}))?");
    private static final Pattern RANGE = Pattern.compile("(-?[\\d.]{1,20})\\.\\.(-?[\\d.]{1,20})");
    private static final Pattern MEMORY = Pattern.compile("(\\d{1,9})([kmg])b?");

    @Parameter(
            names = "--max-memory",
            placeholder = "SIZE",
            description =
                    "what activations and gradients may take at a time, such as 512m or 2g (default: 256m, or more"
                            + " where a single image needs it)")
    String maxMemory;

    @Parameter(
            names = "--precision",
            placeholder = "NAME",
            description =
                    "compute in float32, bfloat16, or auto: bfloat16 where the processor has instructions for it; maps then"
                            + " are a little rougher, and made faster")
    String precision = "float32";

    @Parameter(
            names = "--signature",
            placeholder = "NAME",
            category = FOREIGN,
            description = "which of its signatures leads from images to scores")
    String signature;

    @Parameter(
            names = "--input",
            placeholder = "NAME",
            category = FOREIGN,
            description = "which of the signature's inputs is the image")
    String input;

    @Parameter(
            names = "--logits",
            placeholder = "NAME",
            category = FOREIGN,
            description = "which output, or operation of the graph, gives the scores before any softmax")
    String logits;

    @Parameter(
            names = "--layer",
            placeholder = "LIST",
            category = FOREIGN,
            description =
                    "layers to show in place of those found, by the name in Keras or of an operation; class activation"
                            + " maps look at the last of them")
    List<String> layers = new ArrayList<>();

    @Parameter(
            names = "--range",
            placeholder = "MIN..MAX",
            category = FOREIGN,
            description = "the values of a pixel, such as 0..255 or -1..1")
    String range;

    @Parameter(
            names = "--labels",
            placeholder = "FILE",
            category = FOREIGN,
            description = "names of the classes, one a line, in the order of the scores")
    Path labels;

    @Parameter(
            names = "--size",
            placeholder = "SIZE",
            category = FOREIGN,
            description =
                    "of the images, where it takes any: 224, or height and width as 48x64, or with channels as 224x224x3")
    String size;

    @Parameter(
            names = "--trust-model",
            category = FOREIGN,
            description =
                    "run operations that may touch files, the network or other programs; without it they are refused")
    boolean trusted;

    /**
     * Loads a model, by its folder or as {@code pretrained}, and tells what was found out about it.
     *
     * @throws InvalidInputException if there is none of this name, it cannot be used, or an option does not fit it
     */
    final TensorFlowModel open(String model, Terminal terminal) throws IOException {
        TensorFlowModel opened = Models.open(model, choices(), execution());
        opened.found().ifPresent(found -> terminal.err().println("model: " + found));
        return opened;
    }

    private ModelChoices choices() throws IOException {
        return new ModelChoices(
                Optional.ofNullable(signature),
                Optional.ofNullable(input),
                Optional.ofNullable(logits),
                layers,
                Optional.ofNullable(range).map(ModelChoiceOptions::parseRange),
                labels == null ? Optional.empty() : Optional.of(read(labels)),
                Optional.ofNullable(size).map(ModelChoiceOptions::parseSize),
                trusted);
    }

    private Execution execution() {
        return new Execution(
                RecipeOptions.precision(precision),
                maxMemory == null ? OptionalLong.empty() : OptionalLong.of(parseMemory(maxMemory)));
    }

    private static ValueRange parseRange(String text) {
        Matcher matcher = RANGE.matcher(text.strip());
        try {
            if (matcher.matches()) {
                return new ValueRange(Float.parseFloat(matcher.group(1)), Float.parseFloat(matcher.group(2)));
            }
        } catch (NumberFormatException e) {
            // Falls through to what every other bad range is told.
        }
        throw new InvalidInputException("range '%s' is none; expected two numbers such as 0..255 or -1..1", text);
    }

    private static ModelChoices.Size parseSize(String text) {
        Matcher matcher = SIZE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new InvalidInputException(
                    "size '%s' is none; expected a number such as 224, height and width such as 48x64, or with channels such as"
                            + " 224x224x3",
                    text);
        }
        int height = Integer.parseInt(matcher.group(1));
        return new ModelChoices.Size(
                height,
                matcher.group(2) == null ? height : Integer.parseInt(matcher.group(2)),
                Optional.ofNullable(matcher.group(3)).map(Integer::valueOf));
    }

    private static long parseMemory(String text) {
        Matcher matcher = MEMORY.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new InvalidInputException(
                    "memory '%s' is none; expected a number with k, m or g, such as 512m", text);
        }
        int shift = 10 * (1 + "kmg".indexOf(matcher.group(2)));
        return Long.parseLong(matcher.group(1)) << shift;
    }

    private static List<String> read(Path file) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw new InvalidInputException(e, "no file '%s' of labels; expected one with a name a line", file);
        } catch (MalformedInputException e) {
            throw new InvalidInputException(e, "'%s' is not text in UTF-8; expected a name a line", file);
        }
        List<String> names = lines.stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        names.stream()
                .filter(name -> names.indexOf(name) != names.lastIndexOf(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new InvalidInputException(
                            "'%s' names two classes '%s'; expected names that differ", file, name);
                });
        return names;
    }
}

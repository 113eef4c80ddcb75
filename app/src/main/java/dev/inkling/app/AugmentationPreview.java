package dev.inkling.app;

import dev.inkling.figures.ImageGrid;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.trainer.AugmentationSettings;
import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.TrainSettings;
import java.awt.image.BufferedImage;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** A picture of what augmentation does: images as they are, under each effect alone, and as training sees them. */
final class AugmentationPreview {

    private static final int MOST_ROWS = 10;
    private static final int EPOCHS = 4;

    private static final DecimalFormatSymbols SYMBOLS = DecimalFormatSymbols.getInstance(Locale.ROOT);

    private AugmentationPreview() {}

    /** @throws InvalidInputException if the recipe has no augmentation */
    static BufferedImage draw(Dataset data, TrainSettings recipe) {
        AugmentationSettings settings = recipe.augmentation();
        Map<String, AugmentationSettings> effects = effects(settings);
        if (effects.isEmpty()) {
            throw new InvalidInputException(
                    "nothing to preview: this recipe has no augmentation; ask for some, such as --rotate 10");
        }
        int[] indices = oneOfEachClass(data);
        List<ImageGrid.Column> columns = new ArrayList<>();
        columns.add(column("original", data, indices, AugmentationSettings.NONE, recipe.seed(), 1));
        effects.forEach((name, effect) -> columns.add(column(name, data, indices, effect, recipe.seed(), 1)));
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
            columns.add(column("all, in epoch " + epoch, data, indices, settings, recipe.seed(), epoch));
        }
        return ImageGrid.render(
                "Augmentation of " + data.name(),
                "each effect alone, and all together as training sees them; seed " + recipe.seed(),
                columns);
    }

    private static ImageGrid.Column column(
            String name, Dataset data, int[] indices, AugmentationSettings settings, long seed, int epoch) {
        return new ImageGrid.Column(
                name,
                IntStream.of(indices)
                        .mapToObj(index -> settings.apply(data, index, epoch, seed))
                        .toList());
    }

    /** Each effect by itself, under its name and strength. */
    private static Map<String, AugmentationSettings> effects(AugmentationSettings all) {
        Map<String, AugmentationSettings> effects = new LinkedHashMap<>();
        double sigma = all.elasticSigma();
        put(effects, "flip %s", all.flip(), new AugmentationSettings(0, 0, 0, 0, 0, sigma, all.flip(), 0));
        put(
                effects,
                "rotation ±%s°",
                all.rotation(),
                new AugmentationSettings(all.rotation(), 0, 0, 0, 0, sigma, 0, 0));
        put(effects, "shear ±%s°", all.shear(), new AugmentationSettings(0, 0, 0, all.shear(), 0, sigma, 0, 0));
        put(effects, "scale ±%s", all.scale(), new AugmentationSettings(0, 0, all.scale(), 0, 0, sigma, 0, 0));
        put(
                effects,
                "translation ±%s",
                all.translation(),
                new AugmentationSettings(0, all.translation(), 0, 0, 0, sigma, 0, 0));
        put(effects, "elastic α %s", all.elastic(), new AugmentationSettings(0, 0, 0, 0, all.elastic(), sigma, 0, 0));
        put(effects, "erasing %s", all.erasing(), new AugmentationSettings(0, 0, 0, 0, 0, sigma, 0, all.erasing()));
        return effects;
    }

    private static void put(
            Map<String, AugmentationSettings> effects, String name, double strength, AugmentationSettings effect) {
        if (strength > 0) {
            effects.put(String.format(Locale.ROOT, name, new DecimalFormat("0.###", SYMBOLS).format(strength)), effect);
        }
    }

    private static int[] oneOfEachClass(Dataset data) {
        return IntStream.range(0, Math.min(MOST_ROWS, data.labels().size()))
                .flatMap(label -> IntStream.range(0, data.size())
                        .filter(index -> data.label(index) == label)
                        .limit(1))
                .toArray();
    }
}

package dev.inkling.app;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What a run may ask of the model, as far as explainers can tell before.
 *
 * @param images to explain
 * @param parts explainers that can tell, in the order asked
 */
record ExpectedCost(int images, List<Part> parts) {

    ExpectedCost {
        parts = List.copyOf(parts);
    }

    /**
     * One explainer's.
     *
     * @param explainer its name
     * @param perImage evaluations for one image, at most
     */
    record Part(String explainer, long perImage) {

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s %,d", explainer, perImage);
        }
    }

    static ExpectedCost of(
            List<ConfiguredExplainer> explainers, int images, ModelSignature signature, ExplainerCatalog catalog) {
        List<Part> parts = new ArrayList<>();
        for (ConfiguredExplainer explainer : explainers) {
            evaluations(explainer, signature, catalog)
                    .ifPresent(perImage -> parts.add(new Part(explainer.card().name(), perImage)));
        }
        return new ExpectedCost(images, parts);
    }

    private static OptionalLong evaluations(
            ConfiguredExplainer explainer, ModelSignature signature, ExplainerCatalog catalog) {
        if (explainer.wrapped().isEmpty()) {
            return catalog.find(explainer.name()).evaluations(explainer.options(), signature);
        }
        OptionalLong wrapped = evaluations(explainer.wrapped().get(), signature, catalog);
        return wrapped.isEmpty()
                ? wrapped
                : catalog.findWrapper(explainer.name()).evaluations(explainer.options(), wrapped.getAsLong());
    }

    /** Evaluations for all images. */
    long total() {
        return images * parts.stream().mapToLong(Part::perImage).sum();
    }

    /**
     * @param limit evaluations that a user has not to ask for
     * @throws InvalidInputException if it would take more
     */
    void requireAtMost(long limit) {
        if (total() > limit) {
            throw new InvalidInputException(
                    "%s, more than the %,d that are let through unasked; explain fewer images, lower a budget, or allow it with"
                            + " --max-evaluations %d",
                    this, limit, total());
        }
    }

    /** As a sentence without its full stop. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d image%s may take up to %,d evaluations of the model (for each: %s)",
                images,
                images == 1 ? "" : "s",
                total(),
                parts.stream().map(Part::toString).collect(Collectors.joining(", ")));
    }
}

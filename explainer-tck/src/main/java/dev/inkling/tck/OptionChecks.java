package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.OptionSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Options can be set to what they allow, and each of them does something. */
record OptionChecks(Subject<?> subject) implements Checks {

    private static final String SEED = "seed";

    @Override
    public Stream<DynamicTest> tests() {
        Stream<DynamicTest> bounds = Stream.of(dynamicTest("options work up to their bounds", this::optionsWork));
        Stream<DynamicTest> effects = subject.optionSpecs().stream()
                .flatMap(spec -> spec.name().equals(SEED)
                        ? Stream.of(dynamicTest("another seed, other numbers", this::anotherSeedOtherNumbers))
                        : effects(spec));
        return Stream.concat(bounds, effects);
    }

    private void optionsWork() {
        for (OptionSpec spec : subject.optionSpecs()) {
            for (String value : OptionValues.edges(spec)) {
                Attribution attribution;
                try {
                    attribution = explained(Map.of(spec.name(), value));
                } catch (InvalidInputException e) {
                    assertFalse(
                            value.equals(spec.defaultValue())
                                    || OptionValues.isBounded(spec.min())
                                    || !spec.choices().isEmpty(),
                            () -> spec.name() + "=" + value + " is declared as allowed, and refused: "
                                    + e.getMessage());
                    continue; // refused by the explainer itself, which is fine where the annotation promises nothing
                }
                Attributions.assertFinite(attribution, spec.name() + "=" + value);
            }
            if (OptionValues.isBounded(spec.max())) {
                subject.with(spec.name(), OptionValues.number(spec, spec.max()));
            }
        }
    }

    private void anotherSeedOtherNumbers() {
        assertFalse(
                Arrays.equals(
                        FloatArrays.flat(explained(Map.of(SEED, "1")).values()),
                        FloatArrays.flat(explained(Map.of(SEED, "2")).values())),
                "seeds 1 and 2 give the same numbers");
    }

    /** A test for each choice, or one for a number, a text or what else cannot be counted. */
    private Stream<DynamicTest> effects(OptionSpec spec) {
        String name = spec.name();
        String current = subject.options().getOrDefault(name, spec.defaultValue());
        List<String> choices = OptionValues.choices(spec);
        if (choices.isEmpty()) {
            return Stream.of(dynamicTest(
                    "option '" + name + "' changes the answer",
                    () -> changesTheAnswer(
                            spec,
                            current,
                            subject.candidates()
                                    .getOrDefault(name, OptionValues.others(spec, current, subject.signature())))));
        }
        return choices.stream()
                .filter(choice -> !choice.equals(current))
                .map(choice -> dynamicTest(
                        name + "=" + choice + " changes the answer",
                        () -> changesTheAnswer(spec, current, List.of(choice))));
    }

    private void changesTheAnswer(OptionSpec spec, String current, List<String> others) {
        boolean accepted = false;
        for (Map<String, String> context : contexts(spec)) {
            Optional<Attribution> before = answer(context);
            for (String other : before.isPresent() ? others : List.<String>of()) {
                Map<String, String> changed = new HashMap<>(context);
                changed.put(spec.name(), other);
                Optional<Attribution> after = answer(changed);
                accepted |= after.isPresent();
                if (after.isPresent() && Attributions.differ(before.get(), after.get())) {
                    return;
                }
            }
        }
        // A text of which this model knows no other is at least looked at where others are refused.
        if (accepted || OptionValues.isNumber(spec) || others.isEmpty()) {
            fail("option '" + spec.name() + "': the same maps and diagnostics for " + current + " and "
                    + (others.isEmpty() ? "no other value known" : String.join(", ", others))
                    + ", also with every other choice of the other options; name values to try by"
                    + " ExplainerContract.trying, or where it is right the reason by ExplainerContract.except");
        }
    }

    /** The author's options, and these with one choice changed: an option may matter under another's choice alone. */
    private List<Map<String, String>> contexts(OptionSpec changing) {
        List<Map<String, String>> contexts = new ArrayList<>(List.of(Map.of()));
        for (OptionSpec spec : subject.optionSpecs()) {
            if (!spec.name().equals(changing.name())) {
                OptionValues.choices(spec).forEach(choice -> contexts.add(Map.of(spec.name(), choice)));
            }
        }
        return contexts;
    }

    private Optional<Attribution> answer(Map<String, String> options) {
        try {
            return Optional.of(explained(options));
        } catch (InvalidInputException e) {
            return Optional.empty();
        }
    }

    private Attribution explained(Map<String, String> options) {
        return subject.with(options).explain(subject.model(), subject.images(), subject.targets());
    }
}

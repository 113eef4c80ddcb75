package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.OptionSpec;
import dev.inkling.spi.Options;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** What a listing shows of an explainer is there. */
record CardChecks(Subject<?> subject) implements Checks {

    @Override
    public Stream<DynamicTest> tests() {
        return Stream.of(
                dynamicTest("card is complete", this::cardIsComplete),
                dynamicTest("options have help and defaults", this::optionsHaveHelpAndDefaults));
    }

    private void cardIsComplete() {
        ExplainerCard card = subject.card();
        assertEquals(card, subject.card(), "a second call gives another card");
        assertFalse(card.title().isBlank(), "the title is blank");
        assertFalse(card.summary().isBlank(), "the summary is blank");
        assertTrue(card.paper().contains("https://"), () -> "no link in the paper: " + card.paper());
        assertFalse(card.contract().unit().isBlank(), "the unit is blank");
    }

    private void optionsHaveHelpAndDefaults() {
        for (OptionSpec spec : subject.optionSpecs()) {
            assertFalse(spec.help().isBlank(), () -> "option '" + spec.name() + "' has no help");
            assertTrue(
                    OptionValues.isNumber(spec)
                            || !(OptionValues.isBounded(spec.min()) || OptionValues.isBounded(spec.max())),
                    () -> "option '" + spec.name() + "' is no number: its bounds do nothing");
        }
        Class<? extends Record> type = subject.provider().options();
        Record defaults = Options.defaults(type);
        assertEquals(
                defaults,
                Options.parse(type, Options.values(defaults)),
                "the defaults are not read back as they are written");
    }
}

package dev.inkling.tck;

import static dev.inkling.tck.Mutants.CARD;
import static dev.inkling.tck.Mutants.GRADIENT;
import static dev.inkling.tck.Mutants.caught;
import static dev.inkling.tck.Mutants.provider;
import static dev.inkling.tck.Mutants.scaled;
import static dev.inkling.tck.Mutants.shifted;
import static dev.inkling.tck.Mutants.survives;
import static dev.inkling.tck.Mutants.withPaper;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.tck.Mutants.BoundedSwitch;
import dev.inkling.tck.Mutants.Choice;
import dev.inkling.tck.Mutants.ForgetfulProvider;
import dev.inkling.tck.Mutants.FromZero;
import dev.inkling.tck.Mutants.Mode;
import dev.inkling.tck.Mutants.NoHelp;
import dev.inkling.tck.Mutants.Shift;
import dev.inkling.tck.Mutants.Unbounded;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Cards and options. */
class OptionMutantsTest {

    @TestFactory
    Stream<DynamicTest> cards() {
        return Stream.of(
                caught("no link", provider(withPaper("Somebody (1999): Something"), GRADIENT), "card is complete"),
                caught("another card each time", new ForgetfulProvider(), "card is complete"));
    }

    @TestFactory
    Stream<DynamicTest> options() {
        return Stream.of(
                caught(
                        "blank help",
                        provider(CARD, NoHelp.class, options -> scaled(1 + options.count())),
                        "options have help and defaults"),
                caught(
                        "bounds that do nothing",
                        provider(CARD, BoundedSwitch.class, options -> scaled(options.on() ? 2 : 1)),
                        "options have help and defaults"),
                caught(
                        "nothing to average at the least number of samples",
                        provider(
                                CARD,
                                FromZero.class,
                                options -> scaled(0f / options.samples() + 1 + options.samples())),
                        "options work up to their bounds"),
                caught(
                        "no least number of samples",
                        provider(
                                CARD,
                                Unbounded.class,
                                options -> scaled(0f / options.samples() + 1 + options.samples())),
                        "options work up to their bounds"),
                caught(
                        "a choice that was never written",
                        provider(
                                CARD,
                                Choice.class,
                                options -> scaled(
                                        options.mode() == Mode.THIRD
                                                ? Float.NaN
                                                : 1 + options.mode().ordinal())),
                        "options work up to their bounds"),
                caught(
                        "a declared value refused",
                        provider(CARD, FromZero.class, options -> {
                            if (options.samples() == 0) {
                                throw new InvalidInputException("samples must be above 0");
                            }
                            return scaled(1 + options.samples());
                        }),
                        "options work up to their bounds"),
                caught(
                        "too much at the most",
                        provider(CARD, FromZero.class, options -> {
                            assertThat(options.samples()).isLessThan(100);
                            return scaled(1 + options.samples());
                        }),
                        "options work up to their bounds"));
    }

    @TestFactory
    Stream<DynamicTest> optionsThatDoNothing() {
        return Stream.of(
                survives("matters by another choice alone", provider(CARD, Shift.class, options -> shifted(options))),
                caught(
                        "a number that is not read",
                        provider(CARD, FromZero.class, options -> GRADIENT),
                        "option 'samples' changes the answer"),
                caught(
                        "two choices for one thing",
                        provider(CARD, Choice.class, options -> scaled(options.mode() == Mode.SECOND ? 2 : 1)),
                        "mode=third changes the answer"),
                caught(
                        "a switch that is not wired",
                        provider(CARD, Shift.class, options -> shifted(new Shift(false, options.by()))),
                        "on=true changes the answer",
                        "option 'by' changes the answer"));
    }
}

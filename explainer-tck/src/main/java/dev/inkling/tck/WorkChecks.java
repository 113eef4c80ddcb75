package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.OptionSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Memory does not grow with what one asks for. */
record WorkChecks(Subject<?> subject) implements Checks {

    /** The most images in one question to the model. */
    private static final int BATCH = 1024;

    /** What is asked for of samples, steps and the like. */
    private static final long PLENTY = 4000;

    @Override
    public Stream<DynamicTest> tests() {
        return Stream.of(dynamicTest("batches have a bounded size", this::batchesHaveABoundedSize));
    }

    private void batchesHaveABoundedSize() {
        assertBounded(Map.of());
        for (OptionSpec spec : subject.optionSpecs()) {
            if (OptionValues.isWhole(spec) && spec.max() > BATCH) {
                assertBounded(Map.of(spec.name(), String.valueOf(Math.min(PLENTY, (long) spec.max()))));
            }
        }
    }

    private void assertBounded(Map<String, String> options) {
        AtomicInteger largest = new AtomicInteger();
        Model model = new ObservedModel(subject.model(), images -> largest.accumulateAndGet(images, Math::max));
        Map<String, String> all = new HashMap<>(subject.options());
        all.putAll(options);
        try {
            subject.with(options).explain(model, subject.image(0), subject.target(0));
        } catch (InvalidInputException e) {
            return; // too much is refused: that bounds it too
        }
        assertTrue(
                largest.get() <= BATCH,
                () -> "one image, options " + all + ": asked the model about " + largest
                        + " images at once, expected at most " + BATCH + "; work in batches of a few hundred");
    }
}

package dev.inkling.tck;

import static dev.inkling.tck.Mutants.failedChecks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Option;
import dev.inkling.spi.WrapperCard;
import dev.inkling.spi.WrapperProvider;
import java.util.Arrays;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Wrappers that are fine around the gradient, and wrong around something else. */
class WrapperMutantsTest {

    record Options(
            @Option(value = "2", help = "what values are multiplied by")
            double factor) {}

    private static final ThreadLocal<Boolean> BUSY = ThreadLocal.withInitial(() -> false);

    @TestFactory
    Stream<DynamicTest> wrappers() {
        return Stream.of(
                dynamicTest(
                        "honest",
                        () -> assertThat(failedChecks(contract(WrapperMutantsTest::scaled)))
                                .isEmpty()),
                caught(
                        "the gradient, whatever is wrapped",
                        (explainer, options) -> (model, images, targets) -> {
                            Attribution wrapped = explainer.explain(model, images, targets);
                            return wrapped.height() == 2
                                    ? new Attribution(FloatArrays.of(ones(wrapped), shape(wrapped)), wrapped.contract())
                                    : scaled(explainer, options).explain(model, images, targets);
                        },
                        "what is wrapped matters"),
                caught(
                        "a value of the map alone, where it is small",
                        (explainer, options) -> (model, images, targets) -> {
                            Attribution wrapped = scaled(explainer, options).explain(model, images, targets);
                            float[] values = FloatArrays.flat(wrapped.values());
                            int count = wrapped.count();
                            return wrapped.height() == 2
                                    ? new Attribution(
                                            FloatArrays.of(Arrays.copyOf(values, count), count, 1, 1, 1),
                                            wrapped.contract())
                                    : wrapped;
                        },
                        "maps keep the size of those that are wrapped"),
                caught(
                        "the gradient's contract, whatever is wrapped",
                        (explainer, options) -> (model, images, targets) -> new Attribution(
                                scaled(explainer, options)
                                        .explain(model, images, targets)
                                        .values(),
                                new Contract(Sign.SIGNED, false, "logits per unit of input")),
                        "contracts of all kinds are translated"),
                caught(
                        "values turned negative around positive ones",
                        (explainer, options) -> scaled(explainer, new Options(-options.factor())),
                        "contracts of all kinds are translated"),
                caught(
                        "a refusal in other words",
                        (explainer, options) -> (model, images, targets) -> {
                            model.require(Gradients.class);
                            targets.require(model.signature().requireImages(images), model.signature());
                            try {
                                return scaled(explainer, options).explain(model, images, targets);
                            } catch (InvalidInputException e) {
                                throw new InvalidInputException(e, "it did not work");
                            }
                        },
                        "a refusal of what is wrapped passes through"),
                caught(
                        "one to a thread",
                        (explainer, options) -> (model, images, targets) -> {
                            if (BUSY.get()) {
                                throw new IllegalStateException("busy");
                            }
                            BUSY.set(true);
                            try {
                                return scaled(explainer, options).explain(model, images, targets);
                            } finally {
                                BUSY.remove();
                            }
                        },
                        "a wrapper is wrapped like any other"));
    }

    private static Explainer scaled(Explainer explainer, Options options) {
        return (model, images, targets) -> {
            Attribution wrapped = explainer.explain(model, images, targets);
            float[] values = FloatArrays.flat(wrapped.values());
            for (int i = 0; i < values.length; i++) {
                values[i] *= (float) options.factor();
            }
            return new Attribution(FloatArrays.of(values, shape(wrapped)), wrapped.contract(), wrapped.diagnostics());
        };
    }

    private static long[] shape(Attribution attribution) {
        return attribution.values().shape().asArray();
    }

    private static float[] ones(Attribution attribution) {
        float[] ones = new float[Math.toIntExact(attribution.values().size())];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static DynamicTest caught(String mutant, BiFunction<Explainer, Options, Explainer> wrap, String check) {
        return dynamicTest(
                mutant, () -> assertThat(failedChecks(contract(wrap))).containsExactly(check));
    }

    private static ExplainerContract<?> contract(BiFunction<Explainer, Options, Explainer> wrap) {
        return ExplainerContract.of(new Wrapper(wrap));
    }

    private record Wrapper(BiFunction<Explainer, Options, Explainer> wrapping) implements WrapperProvider<Options> {

        @Override
        public WrapperCard card() {
            return new WrapperCard("scaled", "Scaled", "Multiplied:", "https://example.org", Set.of());
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Contract contract(Contract wrapped, Options options) {
            return wrapped;
        }

        @Override
        public Explainer wrap(Explainer explainer, Options options) {
            return wrapping.apply(explainer, options);
        }
    }
}

package dev.inkling.tck;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Option;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;

/** What an author may say of the contract before it is run. */
class ExplainerContractSettingsTest {

    private static final Attribution.Contract CONTRACT = new Attribution.Contract(Sign.SIGNED, false, "logits");

    record Options(
            @Option(value = "1000000000", min = 1, help = "copies")
            int samples,

            @Option(value = "0", help = "not looked at") int idle,

            @Option(value = "", help = "a sign to put before")
            String sign) {}

    /** The score at each place, and memory for all samples. */
    static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "score",
                    "Score",
                    "The score.",
                    "https://example.org",
                    ExplainerCard.Family.PERTURBATION,
                    Set.of(),
                    CONTRACT);
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return (model, images, targets) -> {
                targets.require(model.signature().requireImages(images), model.signature());
                if (options.samples() > 1000) {
                    throw new IllegalStateException("that would take a day");
                }
                float[] scores = targets.scores(model.scores(images));
                for (int i = 0; i < scores.length; i++) {
                    scores[i] *= options.sign().equals("-") ? -options.samples() : options.samples();
                }
                return new Attribution(FloatArrays.of(scores, scores.length, 1, 1, 1), CONTRACT);
            };
        }
    }

    private static final ExplainerContract<Options> CONTRACT_OF_IDLE =
            ExplainerContract.of(new Provider()).with("samples", "20");

    @Test
    void aCheaperOptionStandsInForTheDefault() throws Throwable {
        run(CONTRACT_OF_IDLE, "one map per image");
        assertThatThrownBy(() -> run(ExplainerContract.of(new Provider()), "one map per image"))
                .hasMessage("that would take a day");
    }

    @Test
    void valuesOfATextAreTheAuthorsToName() throws Throwable {
        String test = "option 'sign' changes the answer";
        assertThatThrownBy(() -> run(CONTRACT_OF_IDLE, test))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("option 'sign': the same maps and diagnostics for  and no other value known")
                .hasMessageContaining("name values to try by ExplainerContract.trying");
        run(CONTRACT_OF_IDLE.trying("sign", "+", "-"), test);
        assertThatThrownBy(() -> run(CONTRACT_OF_IDLE.trying("sign", "+"), test))
                .hasMessageContaining("for  and +, also");
    }

    @Test
    void anExceptionPassesWhereTheTestFails() throws Throwable {
        String test = "option 'idle' changes the answer";
        assertThatThrownBy(() -> run(CONTRACT_OF_IDLE, test))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("option 'idle': the same maps and diagnostics for 0 and 1, -1, ");
        run(
                CONTRACT_OF_IDLE.except(test, "of use on photographs only"),
                "not that " + test + ": of use on photographs only");
    }

    @Test
    void anExceptionThatIsNotNeededIsAnError() {
        ExplainerContract<Options> contract =
                CONTRACT_OF_IDLE.except("option 'samples' changes the answer", "I was not sure");
        assertThatThrownBy(() -> run(contract, "not that option 'samples' changes the answer: I was not sure"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(
                        "the exception from 'option 'samples' changes the answer' is not needed: remove it");
    }

    @Test
    void anExceptionFromNoTestIsAnError() {
        assertThatThrownBy(() -> CONTRACT_OF_IDLE
                        .except("one mop per image", "typing error")
                        .tests())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("an exception from 'one mop per image', of which there is no test; tests: ")
                .hasMessageContaining("one map per image");
        assertThatThrownBy(() -> CONTRACT_OF_IDLE.except("one map per image", " "))
                .hasMessageContaining("needs a reason");
    }

    private static void run(ExplainerContract<?> contract, String name) throws Throwable {
        DynamicTest test = contract.tests()
                .filter(candidate -> candidate.getDisplayName().equals(name))
                .findFirst()
                .orElseThrow();
        test.getExecutable().execute();
    }
}

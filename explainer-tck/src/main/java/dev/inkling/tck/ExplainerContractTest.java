package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.WrapperProvider;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The whole contract as a test class; the author of an explainer extends it:
 *
 * <pre>{@code
 * class SaliencyContractTest extends ExplainerContractTest {
 *     SaliencyContractTest() {
 *         super(new Saliency.Provider());
 *     }
 * }
 * }</pre>
 *
 * and where defaults do not do, says more: {@code super(ExplainerContract.of(new Rise.Provider()).with("samples", "50"))}.
 */
public abstract class ExplainerContractTest {

    private final ExplainerContract<?> contract;

    /** On a model and by options that suit most. */
    protected ExplainerContractTest(ExplainerProvider<?> provider) {
        this(ExplainerContract.of(provider));
    }

    /** Of a wrapper, in the same way. */
    protected ExplainerContractTest(WrapperProvider<?> wrapper) {
        this(ExplainerContract.of(wrapper));
    }

    protected ExplainerContractTest(ExplainerContract<?> contract) {
        this.contract = contract;
    }

    @TestFactory
    Stream<DynamicTest> contract() {
        return contract.tests();
    }

    @Test
    void isRegisteredAsAService() {
        Class<?> provider = contract.service().getClass();
        Class<?> service =
                contract.service() instanceof WrapperProvider ? WrapperProvider.class : ExplainerProvider.class;
        assertTrue(
                ServiceLoader.load(service).stream()
                        .map(ServiceLoader.Provider::type)
                        .anyMatch(provider::equals),
                () -> "the line '" + provider.getName() + "' is missing from META-INF/services/" + service.getName());
    }
}

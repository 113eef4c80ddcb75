package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inkling.spi.ExplainerProvider;
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
 */
public abstract class ExplainerContractTest {

    private final ExplainerProvider<?> provider;

    protected ExplainerContractTest(ExplainerProvider<?> provider) {
        this.provider = provider;
    }

    @TestFactory
    Stream<DynamicTest> contract() {
        return ExplainerContract.tests(provider);
    }

    @Test
    void isRegisteredAsAService() {
        assertTrue(
                ServiceLoader.load(ExplainerProvider.class).stream()
                        .map(ServiceLoader.Provider::type)
                        .anyMatch(provider.getClass()::equals),
                () -> "the line '" + provider.getClass().getName() + "' is missing from META-INF/services/"
                        + ExplainerProvider.class.getName());
    }
}

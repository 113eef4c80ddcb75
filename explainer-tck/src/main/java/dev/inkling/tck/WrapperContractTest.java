package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inkling.spi.WrapperProvider;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The contract of a wrapper as a test class, around the gradient; the author of a wrapper extends it as that of an explainer
 * extends {@link ExplainerContractTest}.
 */
public abstract class WrapperContractTest {

    private final WrapperProvider<?> provider;

    protected WrapperContractTest(WrapperProvider<?> provider) {
        this.provider = provider;
    }

    @TestFactory
    Stream<DynamicTest> contract() {
        return ExplainerContract.of(provider).tests();
    }

    @Test
    void isRegisteredAsAService() {
        assertTrue(
                ServiceLoader.load(WrapperProvider.class).stream()
                        .map(ServiceLoader.Provider::type)
                        .anyMatch(provider.getClass()::equals),
                () -> "the line '" + provider.getClass().getName() + "' is missing from META-INF/services/"
                        + WrapperProvider.class.getName());
    }
}

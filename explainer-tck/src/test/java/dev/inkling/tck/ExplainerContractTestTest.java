package dev.inkling.tck;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.mock;

import dev.inkling.spi.ExplainerProvider;
import org.junit.jupiter.api.Test;

class ExplainerContractTestTest {

    @Test
    void aProviderThatIsNotRegisteredIsToldWhichLineIsMissing() {
        ExplainerProvider<?> unregistered = mock(ExplainerProvider.class, RETURNS_DEEP_STUBS);
        ExplainerContractTest test = new ExplainerContractTest(unregistered) {};
        assertThatThrownBy(test::isRegisteredAsAService)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the line '" + unregistered.getClass().getName()
                        + "' is missing from META-INF/services/dev.inkling.spi.ExplainerProvider");
    }
}

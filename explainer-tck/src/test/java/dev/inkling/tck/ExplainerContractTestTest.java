package dev.inkling.tck;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ExplainerContractTestTest {

    @Test
    void aProviderThatIsNotRegisteredIsToldWhichLineIsMissing() {
        ExplainerContractTest test = new ExplainerContractTest(new SamplePlugin()) {};
        assertThatThrownBy(test::isRegisteredAsAService)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the line 'dev.inkling.tck.SamplePlugin' is missing from"
                        + " META-INF/services/dev.inkling.spi.ExplainerProvider");
    }
}

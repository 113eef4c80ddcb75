package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class InputXGradientContractTest extends ExplainerContractTest {
    InputXGradientContractTest() {
        super(new InputXGradient.Provider());
    }
}

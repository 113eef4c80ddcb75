package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class SobolContractTest extends ExplainerContractTest {
    SobolContractTest() {
        super(new Sobol.Provider());
    }
}

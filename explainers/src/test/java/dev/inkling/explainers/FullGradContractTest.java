package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class FullGradContractTest extends ExplainerContractTest {
    FullGradContractTest() {
        super(new FullGrad.Provider());
    }
}

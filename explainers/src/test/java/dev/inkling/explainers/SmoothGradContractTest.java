package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class SmoothGradContractTest extends ExplainerContractTest {
    SmoothGradContractTest() {
        super(new SmoothGrad.Provider());
    }
}

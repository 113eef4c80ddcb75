package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class DeepLiftContractTest extends ExplainerContractTest {
    DeepLiftContractTest() {
        super(new DeepLift.Provider());
    }
}

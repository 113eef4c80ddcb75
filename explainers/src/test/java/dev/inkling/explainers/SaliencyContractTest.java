package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class SaliencyContractTest extends ExplainerContractTest {
    SaliencyContractTest() {
        super(new Saliency.Provider());
    }
}

package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class GuidedBackpropContractTest extends ExplainerContractTest {
    GuidedBackpropContractTest() {
        super(new GuidedBackprop.Provider());
    }
}

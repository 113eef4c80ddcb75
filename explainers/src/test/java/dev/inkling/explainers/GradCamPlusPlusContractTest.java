package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class GradCamPlusPlusContractTest extends ExplainerContractTest {
    GradCamPlusPlusContractTest() {
        super(new GradCamPlusPlus.Provider());
    }
}

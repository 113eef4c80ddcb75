package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class GuidedIntegratedGradientsContractTest extends ExplainerContractTest {
    GuidedIntegratedGradientsContractTest() {
        super(new GuidedIntegratedGradients.Provider());
    }
}

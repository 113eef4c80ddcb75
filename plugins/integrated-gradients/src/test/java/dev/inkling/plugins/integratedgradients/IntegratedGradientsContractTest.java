package dev.inkling.plugins.integratedgradients;

import dev.inkling.tck.ExplainerContractTest;

class IntegratedGradientsContractTest extends ExplainerContractTest {
    IntegratedGradientsContractTest() {
        super(new IntegratedGradients.Provider());
    }
}

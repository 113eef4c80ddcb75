package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class ExpectedGradientsContractTest extends ExplainerContractTest {
    ExpectedGradientsContractTest() {
        super(new ExpectedGradients.Provider());
    }
}

package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class LrpGammaContractTest extends ExplainerContractTest {
    LrpGammaContractTest() {
        super(new Lrp.Gamma());
    }
}

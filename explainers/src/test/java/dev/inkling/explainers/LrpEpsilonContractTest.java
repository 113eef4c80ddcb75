package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class LrpEpsilonContractTest extends ExplainerContractTest {
    LrpEpsilonContractTest() {
        super(new Lrp.Epsilon());
    }
}

package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class LrpEpsilonPlusContractTest extends ExplainerContractTest {
    LrpEpsilonPlusContractTest() {
        super(new Lrp.EpsilonPlus());
    }
}

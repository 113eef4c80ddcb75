package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class LrpZPlusContractTest extends ExplainerContractTest {
    LrpZPlusContractTest() {
        super(new Lrp.ZPlus());
    }
}

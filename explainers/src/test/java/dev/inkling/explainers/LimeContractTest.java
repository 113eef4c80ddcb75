package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class LimeContractTest extends ExplainerContractTest {
    LimeContractTest() {
        super(new Lime.Provider());
    }
}

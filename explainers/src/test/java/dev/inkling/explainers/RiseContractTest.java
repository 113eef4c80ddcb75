package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class RiseContractTest extends ExplainerContractTest {
    RiseContractTest() {
        super(new Rise.Provider());
    }
}

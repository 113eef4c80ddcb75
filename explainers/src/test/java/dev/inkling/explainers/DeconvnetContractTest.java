package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class DeconvnetContractTest extends ExplainerContractTest {
    DeconvnetContractTest() {
        super(new Deconvnet.Provider());
    }
}

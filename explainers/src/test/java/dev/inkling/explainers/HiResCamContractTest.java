package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class HiResCamContractTest extends ExplainerContractTest {
    HiResCamContractTest() {
        super(new HiResCam.Provider());
    }
}

package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class EigenCamContractTest extends ExplainerContractTest {
    EigenCamContractTest() {
        super(new EigenCam.Provider());
    }
}

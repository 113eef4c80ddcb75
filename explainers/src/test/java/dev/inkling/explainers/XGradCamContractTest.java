package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class XGradCamContractTest extends ExplainerContractTest {
    XGradCamContractTest() {
        super(new XGradCam.Provider());
    }
}

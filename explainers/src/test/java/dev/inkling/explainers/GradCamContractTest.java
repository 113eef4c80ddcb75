package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class GradCamContractTest extends ExplainerContractTest {
    GradCamContractTest() {
        super(new GradCam.Provider());
    }
}

package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class AblationCamContractTest extends ExplainerContractTest {
    AblationCamContractTest() {
        super(new AblationCam.Provider());
    }
}

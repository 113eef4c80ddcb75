package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class LayerCamContractTest extends ExplainerContractTest {
    LayerCamContractTest() {
        super(new LayerCam.Provider());
    }
}

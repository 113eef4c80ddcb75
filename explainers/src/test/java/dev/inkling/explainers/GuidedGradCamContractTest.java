package dev.inkling.explainers;

import dev.inkling.tck.ConvolutionModel;
import dev.inkling.tck.ExplainerContract;
import dev.inkling.tck.ExplainerContractTest;

class GuidedGradCamContractTest extends ExplainerContractTest {
    GuidedGradCamContractTest() {
        // One on which Grad-CAM's maps are not empty, as they are on the usual one.
        super(ExplainerContract.of(new GuidedGradCam.Provider()).on(ConvolutionModel.random(2, 6, 5, 2, 4, 3)));
    }
}

package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContract;
import dev.inkling.tck.ExplainerContractTest;

class BlurIntegratedGradientsContractTest extends ExplainerContractTest {
    BlurIntegratedGradientsContractTest() {
        super(ExplainerContract.of(new BlurIntegratedGradients.Provider())
                .except(
                        "declared completeness is kept",
                        "the baseline is the image itself, blurred, whose score differs from image to image"));
    }
}

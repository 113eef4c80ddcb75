package dev.inkling.explainers;

import dev.inkling.spi.Baseline;
import dev.inkling.spi.ModelSignature;
import dev.inkling.tck.ExplainerContract;
import dev.inkling.tck.ExplainerContractTest;

class BlurIntegratedGradientsContractTest extends ExplainerContractTest {

    /** The image itself, blurred by a quarter of its longer side. */
    private static final Baseline BLURRED = (model, images) -> {
        ModelSignature signature = model.signature();
        return new Baseline.Blur(0.25 * Math.max(signature.height(), signature.width())).forImages(model, images);
    };

    BlurIntegratedGradientsContractTest() {
        super(ExplainerContract.of(new BlurIntegratedGradients.Provider())
                .with("steps", "200")
                .relativeTo(BLURRED));
    }
}

package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContract;
import dev.inkling.tck.ExplainerContractTest;

/** On a model that has convolutions besides the first. */
class LrpEpsilonGammaBoxContractTest extends ExplainerContractTest {
    LrpEpsilonGammaBoxContractTest() {
        super(ExplainerContract.of(new Lrp.EpsilonGammaBox()).on(Examples.residual(3, new float[] {0.3f, -0.2f})));
    }
}

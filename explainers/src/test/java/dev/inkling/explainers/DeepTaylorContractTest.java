package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContract;
import dev.inkling.tck.ExplainerContractTest;

/** On a model some of whose logits are positive: it explains no others. */
class DeepTaylorContractTest extends ExplainerContractTest {
    DeepTaylorContractTest() {
        super(ExplainerContract.of(new Lrp.DeepTaylor()).on(Examples.residual(3, new float[] {-0.02f, -0.01f})));
    }
}

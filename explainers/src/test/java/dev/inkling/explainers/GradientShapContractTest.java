package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class GradientShapContractTest extends ExplainerContractTest {
    GradientShapContractTest() {
        super(new GradientShap.Provider());
    }
}

package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class FeatureAblationContractTest extends ExplainerContractTest {
    FeatureAblationContractTest() {
        super(new FeatureAblation.Provider());
    }
}

package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class OcclusionContractTest extends ExplainerContractTest {
    OcclusionContractTest() {
        super(new Occlusion.Provider());
    }
}

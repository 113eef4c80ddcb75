package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class ScoreCamContractTest extends ExplainerContractTest {
    ScoreCamContractTest() {
        super(new ScoreCam.Provider());
    }
}

package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class AttentionContractTest extends ExplainerContractTest {
    AttentionContractTest() {
        super(new Attention.Provider());
    }
}

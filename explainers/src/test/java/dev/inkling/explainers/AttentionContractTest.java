package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContract;
import dev.inkling.tck.ExplainerContractTest;

class AttentionContractTest extends ExplainerContractTest {
    AttentionContractTest() {
        super(ExplainerContract.of(new Attention.Provider())
                .except("option 'layer' changes the answer", "the model has a single attention layer"));
    }
}

package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class LrpAlphaBetaContractTest extends ExplainerContractTest {
    LrpAlphaBetaContractTest() {
        super(new Lrp.AlphaBeta());
    }
}

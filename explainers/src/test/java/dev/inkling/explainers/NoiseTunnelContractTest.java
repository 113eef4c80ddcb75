package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContractTest;

class NoiseTunnelContractTest extends ExplainerContractTest {
    NoiseTunnelContractTest() {
        super(new NoiseTunnel.Provider());
    }
}

package dev.inkling.explainers;

import dev.inkling.tck.WrapperContractTest;

class NoiseTunnelContractTest extends WrapperContractTest {
    NoiseTunnelContractTest() {
        super(new NoiseTunnel.Provider());
    }
}

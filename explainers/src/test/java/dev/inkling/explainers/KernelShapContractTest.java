package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContract;
import dev.inkling.tck.ExplainerContractTest;

class KernelShapContractTest extends ExplainerContractTest {
    KernelShapContractTest() {
        super(ExplainerContract.of(new KernelShap.Provider()).with("segments", "grid:3x5"));
    }
}

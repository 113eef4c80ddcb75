package dev.inkling.explainers;

import dev.inkling.tck.ExplainerContract;
import dev.inkling.tck.ExplainerContractTest;

class PermutationShapleyContractTest extends ExplainerContractTest {
    PermutationShapleyContractTest() {
        super(ExplainerContract.of(new PermutationShapley.Provider()).with("segments", "grid:3x5"));
    }
}

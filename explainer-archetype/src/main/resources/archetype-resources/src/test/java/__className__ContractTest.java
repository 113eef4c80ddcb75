package ${package};

import dev.inkling.tck.ExplainerContractTest;

/** What every explainer promises. */
class ${className}ContractTest extends ExplainerContractTest {
    ${className}ContractTest() {
        super(new ${className}.Provider());
    }
}

package dev.inkling.tck;

import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import java.util.List;

/** The models in closed form that the contract asks about. */
final class ClosedForms {

    private ClosedForms() {}

    /** Takes images like another model, has as many classes, and ignores the images: one logit is 1, the others 0. */
    static Model constant(ModelSignature signature) {
        float[] logits = new float[signature.classCount()];
        logits[0] = 1;
        return new ConstantModel(signature.height(), signature.width(), signature.channels(), logits);
    }

    /** Models without kinks. */
    static List<Model> smooth() {
        return List.of(LinearModel.random(2, 4, 3, 2, 3), QuadraticModel.random(3, 4, 3, 2, 3));
    }
}

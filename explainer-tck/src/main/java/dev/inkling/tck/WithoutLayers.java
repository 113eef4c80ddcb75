package dev.inkling.tck;

import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import java.util.Optional;
import org.tensorflow.ndarray.FloatNdArray;

/** Another model that does not show its layers of one kind. */
record WithoutLayers(Model model, ModelSignature.Layer.Kind kind) implements Model {

    @Override
    public ModelSignature signature() {
        ModelSignature all = model.signature();
        return new ModelSignature(
                all.name(),
                all.height(),
                all.width(),
                all.channels(),
                all.range(),
                all.labels(),
                all.layers().stream().filter(layer -> layer.kind() != kind).toList());
    }

    @Override
    public FloatNdArray scores(FloatNdArray images) {
        return model.scores(images);
    }

    @Override
    public <T> Optional<T> capability(Class<T> type) {
        return model.capability(type);
    }
}

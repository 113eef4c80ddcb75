package dev.inkling.tck;

import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/** Another model with all but some of its capabilities hidden. */
public final class BlackBox implements Model {

    private final Model model;
    private final Set<Class<?>> offered;

    /**
     * @param model which stays the caller's
     * @param offered capabilities that stay visible; none for a model that gives scores only
     */
    public BlackBox(Model model, Class<?>... offered) {
        this.model = model;
        this.offered = Set.of(offered);
    }

    @Override
    public ModelSignature signature() {
        return model.signature();
    }

    @Override
    public FloatNdArray scores(FloatNdArray images) {
        return model.scores(images);
    }

    @Override
    public <T> Optional<T> capability(Class<T> type) {
        return offered.contains(type) ? model.capability(type) : Optional.empty();
    }
}

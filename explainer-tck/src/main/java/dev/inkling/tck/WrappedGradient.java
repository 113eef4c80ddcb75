package dev.inkling.tck;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Options;
import dev.inkling.spi.WrapperProvider;
import java.util.Set;

/** A wrapper around the gradient of the score, as an explainer by the wrapper's options. */
record WrappedGradient<O extends Record>(WrapperProvider<O> wrapper) implements ExplainerProvider<O> {

    private static final Attribution.Contract CONTRACT =
            new Attribution.Contract(Sign.SIGNED, false, "logits per unit of input");

    private static final ExplainerCard CARD = new ExplainerCard(
            "gradient",
            "Gradient",
            "The gradient of the score.",
            "Simonyan, Vedaldi, Zisserman (2013). https://arxiv.org/abs/1312.6034",
            ExplainerCard.Family.GRADIENT,
            Set.of(Gradients.class),
            CONTRACT);

    private static final Explainer GRADIENT = (model, images, targets) -> {
        targets.require(model.signature().requireImages(images), model.signature());
        return new Attribution(model.require(Gradients.class).gradients(images, targets), CONTRACT);
    };

    @Override
    public ExplainerCard card() {
        return wrapper.card().around(CARD, wrapper.contract(CONTRACT, Options.defaults(wrapper.options())));
    }

    @Override
    public Class<O> options() {
        return wrapper.options();
    }

    @Override
    public Explainer create(O options) {
        return wrapper.wrap(GRADIENT, options);
    }
}

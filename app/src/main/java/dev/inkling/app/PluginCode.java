package dev.inkling.app;

import dev.inkling.spi.Explainer;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Options;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Runs the code of a plug-in: with its own class loader as the thread's context loader, and telling of a missing class as of
 * something that the user can mend.
 *
 * @param owner a class of the plug-in
 * @param what for messages, such as {@code explainer 'grad-cam'}
 * @param jar the file name of the jar that it came from
 */
record PluginCode(Class<?> owner, String what, String jar) {

    @SuppressWarnings("try") // the context loader is there for its closing
    <T> T call(Supplier<T> code) {
        try (ContextLoader during = new ContextLoader(owner.getClassLoader())) {
            return code.get();
        } catch (LinkageError e) {
            throw new InvalidInputException(e, "%s from %s: %s", what, jar, RootCause.describe(e));
        }
    }

    /** An explainer of the plug-in that runs this way. */
    Explainer guarded(Explainer explainer) {
        return (model, images, targets) -> call(() -> explainer.explain(model, images, targets));
    }

    /** @throws InvalidInputException if an option is unknown, cannot be read or is out of bounds */
    <O extends Record> O parse(Class<O> type, Map<String, String> options) {
        try {
            return Options.parse(type, options);
        } catch (InvalidInputException e) {
            throw new InvalidInputException(e, "%s: %s", what, e.getMessage());
        }
    }
}

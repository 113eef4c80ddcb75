package dev.inkling.tck;

import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Another model, which tells of each question before it answers: of scores and of capabilities that are interfaces.
 *
 * @param observer is told the number of images or activations in the question, 0 where there are none
 */
record ObservedModel(Model model, IntConsumer observer) implements Model {

    @Override
    public ModelSignature signature() {
        return model.signature();
    }

    @Override
    public FloatNdArray scores(FloatNdArray images) {
        observer.accept(count(images));
        return model.scores(images);
    }

    @Override
    public <T> Optional<T> capability(Class<T> type) {
        Optional<T> capability = model.capability(type);
        return type.isInterface() ? capability.map(it -> type.cast(observed(type, it))) : capability;
    }

    private Object observed(Class<?> type, Object capability) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            observer.accept(Stream.ofNullable(arguments)
                    .flatMap(Stream::of)
                    .filter(FloatNdArray.class::isInstance)
                    .mapToInt(batch -> count((FloatNdArray) batch))
                    .findFirst()
                    .orElse(0));
            try {
                return method.invoke(capability, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    private static int count(FloatNdArray batch) {
        return Math.toIntExact(batch.shape().get(0));
    }
}

package dev.inkling.tck;

import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Another model, whose answers wait until some number of threads have asked: so that state which explanations share by
 * mistake is mixed up for certain, not by luck.
 */
final class Rendezvous implements Model {

    private static final long PATIENCE_MILLIS = 500;

    private final Model model;
    private final CyclicBarrier barrier;

    Rendezvous(Model model, int threads) {
        this.model = model;
        this.barrier = new CyclicBarrier(threads);
    }

    /** Gives up for good after a while: explanations may come one after the other, or ask the model unequally often. */
    private void meet() {
        try {
            barrier.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (BrokenBarrierException | TimeoutException e) {
            // a broken barrier lets everyone pass
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public ModelSignature signature() {
        return model.signature();
    }

    @Override
    public FloatNdArray scores(FloatNdArray images) {
        meet();
        return model.scores(images);
    }

    @Override
    public <T> Optional<T> capability(Class<T> type) {
        Optional<T> capability = model.capability(type);
        return type.isInterface() ? capability.map(it -> type.cast(meetingFirst(type, it))) : capability;
    }

    private Object meetingFirst(Class<?> type, Object capability) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            meet();
            try {
                return method.invoke(capability, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }
}

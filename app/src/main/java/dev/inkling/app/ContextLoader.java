package dev.inkling.app;

/** Makes a plug-in's class loader the thread's context loader until closed: libraries that plug-ins bring look there. */
final class ContextLoader implements AutoCloseable {

    private final Thread thread = Thread.currentThread();
    private final ClassLoader before = thread.getContextClassLoader();

    ContextLoader(ClassLoader during) {
        thread.setContextClassLoader(during);
    }

    @Override
    public void close() {
        thread.setContextClassLoader(before);
    }
}

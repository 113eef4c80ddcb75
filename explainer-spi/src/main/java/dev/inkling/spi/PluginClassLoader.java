package dev.inkling.spi;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/**
 * What a plug-in sees: the JDK from the platform loader, the types that a program and its plug-ins exchange from the
 * program's loader, everything else from the plug-in's own jars. So a plug-in may bring its own version of any library and
 * never sees the program's.
 *
 * <p>It stays open as long as explainers from it are in use: they load classes when they work.
 */
public final class PluginClassLoader extends URLClassLoader {

    /** With trailing dots: {@code org.tensorflowlite} is nobody's but the plug-in's. */
    private static final List<String> SHARED = List.of(
            "dev.inkling.spi.", "dev.inkling.model.", "org.tensorflow.", "org.bytedeco.", "com.google.protobuf.");

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader program;

    /**
     * @param name what messages call the plug-in
     * @param jars of the plug-in
     * @param program the loader of the types that are exchanged
     */
    public PluginClassLoader(String name, List<URL> jars, ClassLoader program) {
        super(name, jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        this.program = program;
    }

    /** Whether a class is the program's, so that a copy of it in a plug-in's jar is never loaded. */
    public static boolean isShared(String className) {
        return SHARED.stream().anyMatch(className::startsWith);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return isShared(name) ? program.loadClass(name) : super.loadClass(name, resolve);
    }
}

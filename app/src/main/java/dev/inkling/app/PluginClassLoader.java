package dev.inkling.app;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/**
 * Loads one plug-in: the JDK from the platform loader, the types that the app and its plug-ins exchange from the app's
 * loader, everything else from the plug-in's own jars. So a plug-in may bring its own version of any library and never
 * sees the app's.
 */
final class PluginClassLoader extends URLClassLoader {

    /** With trailing dots: {@code org.tensorflowlite} is nobody's but the plug-in's. */
    static final List<String> SHARED = List.of(
            "dev.inkling.spi.", "dev.inkling.model.", "org.tensorflow.", "org.bytedeco.", "com.google.protobuf.");

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader app;

    PluginClassLoader(String name, List<URL> jars, ClassLoader app) {
        super(name, jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        this.app = app;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return SHARED.stream().anyMatch(name::startsWith) ? app.loadClass(name) : super.loadClass(name, resolve);
    }
}

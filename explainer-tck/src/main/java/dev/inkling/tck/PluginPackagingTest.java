package dev.inkling.tck;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The packaging of a plug-in as a test class; the author of a plug-in extends it, and the build runs it on the jar, whose
 * path is the system property {@code inkling.plugin.jar}:
 *
 * <pre>{@code
 * class PackagingIT extends PluginPackagingTest {}
 * }</pre>
 */
@Tag(PluginPackagingTest.TAG)
public abstract class PluginPackagingTest {

    /** Tells these tests, which need the jar, from those that run before it is built. */
    public static final String TAG = "packaging";

    private static final String JAR = "inkling.plugin.jar";

    private final Path jar;
    private final Path[] libraries;

    /** Of the jar that the build names. */
    protected PluginPackagingTest() {
        this(Path.of(requireProperty()));
    }

    /** Of a jar, with libraries that users put beside it. */
    protected PluginPackagingTest(Path jar, Path... libraries) {
        this.jar = jar;
        this.libraries = libraries.clone();
    }

    private static String requireProperty() {
        String path = System.getProperty(JAR);
        if (path == null) {
            throw new IllegalStateException("the system property '" + JAR
                    + "' names no jar; run this by 'mvn verify', whose failsafe plug-in sets it to the jar just built");
        }
        return path;
    }

    @TestFactory
    Stream<DynamicTest> packaging() {
        return PluginPackaging.tests(jar, libraries);
    }
}

package dev.inkling.model;

import java.util.Locale;
import java.util.Set;
import org.tensorflow.proto.ConfigProto;

/**
 * How many threads compute an operation. TensorFlow gives all sessions of a process the threads of the first one, unless its environment
 * says otherwise: {@code TF_OVERRIDE_GLOBAL_THREADPOOL=1}, which it reads once, before the first line of Java runs.
 */
final class SessionThreads {

    /** What TensorFlow takes for a yes, in any case. */
    private static final Set<String> YES = Set.of("1", "true");

    private static final boolean OWN = own(System.getenv("TF_OVERRIDE_GLOBAL_THREADPOOL"));

    private SessionThreads() {}

    /** Whether each session has threads of its own. */
    static boolean own() {
        return OWN;
    }

    /** @param override the environment's value, or null */
    static boolean own(String override) {
        return override != null && YES.contains(override.toLowerCase(Locale.ROOT));
    }

    /**
     * Says how many threads compute an operation of a session, if they are its own; else the first session's number would be everybody's.
     *
     * @return the same configuration
     */
    static ConfigProto.Builder use(ConfigProto.Builder configuration, int threads) {
        return own() ? configuration.setIntraOpParallelismThreads(threads) : configuration;
    }
}

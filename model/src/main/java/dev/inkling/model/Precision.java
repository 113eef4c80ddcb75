package dev.inkling.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;

/**
 * What TensorFlow computes convolutions and matrix products in, when training and when explaining. Weights, and what goes in and
 * comes out, are float32 in any case.
 */
public enum Precision {
    /** Everything in float32. */
    FLOAT32,

    /**
     * Convolutions and matrix products in bfloat16, by TensorFlow's own rewriting of the graph for oneDNN. Fast where the
     * processor has instructions for it, slow where it has not.
     */
    BFLOAT16;

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** The processor's names for arithmetic in bfloat16. */
    private static final Set<String> BFLOAT16_FLAGS = Set.of("avx512_bf16", "amx_bf16");

    /** The fastest on this machine: {@link #BFLOAT16} where Linux says that the processor has instructions for it. */
    public static Precision fastest() {
        return fastest(CPU_INFO);
    }

    static Precision fastest(Path cpuInfo) {
        try (Stream<String> lines = Files.lines(cpuInfo)) {
            boolean found = lines.filter(line -> line.startsWith("flags"))
                    .flatMap(line -> Arrays.stream(line.split("\\s+")))
                    .anyMatch(BFLOAT16_FLAGS::contains);
            return found ? BFLOAT16 : FLOAT32;
        } catch (IOException e) {
            // Not Linux: nothing is known about the processor.
            return FLOAT32;
        }
    }

    /** A session's configuration, to be completed. */
    public ConfigProto.Builder configuration() {
        ConfigProto.Builder configuration = ConfigProto.newBuilder();
        if (this == BFLOAT16) {
            configuration.setGraphOptions(GraphOptions.newBuilder()
                    .setRewriteOptions(
                            RewriterConfig.newBuilder().setAutoMixedPrecisionOnednnBfloat16(RewriterConfig.Toggle.ON)));
        }
        return configuration;
    }
}

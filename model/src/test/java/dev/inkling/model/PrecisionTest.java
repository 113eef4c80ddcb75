package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrecisionTest {

    @TempDir
    Path temp;

    private Precision of(String flags) throws IOException {
        return Precision.fastest(Files.writeString(
                temp.resolve("cpuinfo"), "processor\t: 0\nflags\t\t: " + flags + "\nbugs\t\t: none\n"));
    }

    @Test
    void theProcessorsFlagsDecide() throws IOException {
        assertThat(of("fpu avx512f avx512_bf16 sse2")).isEqualTo(Precision.BFLOAT16);
        assertThat(of("fpu amx_tile amx_bf16")).isEqualTo(Precision.BFLOAT16);
        assertThat(of("fpu avx2 fma avx512f avx512_vnni")).isEqualTo(Precision.FLOAT32);
        assertThat(of("avx512_bf16x")).isEqualTo(Precision.FLOAT32);
    }

    @Test
    void whereNothingIsKnownItIsFloat32() {
        assertThat(Precision.fastest(temp.resolve("nowhere"))).isEqualTo(Precision.FLOAT32);
    }
}

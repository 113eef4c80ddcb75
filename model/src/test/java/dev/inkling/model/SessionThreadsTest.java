package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.tensorflow.proto.ConfigProto;

class SessionThreadsTest {

    @Test
    void readsTheEnvironmentAsTensorFlowDoes() {
        assertThat(SessionThreads.own("1")).isTrue();
        assertThat(SessionThreads.own("True")).isTrue();
        assertThat(SessionThreads.own("0")).isFalse();
        assertThat(SessionThreads.own("false")).isFalse();
        assertThat(SessionThreads.own(null)).isFalse();
    }

    @Test
    void aNumberIsSetWhereItIsTheSessionsOwn() {
        assertThat(SessionThreads.use(ConfigProto.newBuilder(), 3).getIntraOpParallelismThreads())
                .isEqualTo(SessionThreads.own() ? 3 : 0);
    }
}

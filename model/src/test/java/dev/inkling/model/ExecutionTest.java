package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.InvalidInputException;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ExecutionTest {

    @Test
    void memoryIsAtLeastAByte() {
        assertThat(new Execution(Precision.FLOAT32, OptionalLong.of(1)).memory())
                .hasValue(1);
        assertThatThrownBy(() -> new Execution(Precision.FLOAT32, OptionalLong.of(0)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("the memory is 0 bytes, expected at least 1");
    }
}

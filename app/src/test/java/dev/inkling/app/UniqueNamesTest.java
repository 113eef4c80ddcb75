package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class UniqueNamesTest {

    @Test
    void aTakenNameGetsANumberWhateverItsCase() {
        assertThat(UniqueNames.of(List.of("four", "Four", "four-2", "four"), "batch.png"))
                .containsExactly("four", "Four-2", "four-2-2", "four-3");
        assertThat(UniqueNames.of(List.of("Batch.png"), "batch.png")).containsExactly("Batch.png-2");
    }

    @Test
    void charactersThatPathsMindBecomeHyphens() {
        assertThat(UniqueNames.of(List.of("../a b/c:d*?", "..", "été 4", "")))
                .containsExactly("a-b-c-d", "image", "été-4", "image-2");
    }
}

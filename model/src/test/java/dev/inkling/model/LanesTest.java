package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanesTest {

    /** Sizes of the parts, and whether all processors share each. */
    @ParameterizedTest
    @CsvSource({
        // processors, rows, most at once, costly, count, parts
        "2, 128, 1000, false, 1, NARROW 1",
        "2, 128, 1000, false, 2, NARROW 1 1",
        "2, 128, 1000, false, 7, NARROW 3 4",
        "2, 128, 1000, false, 128, NARROW 64 64",
        "2, 128, 1000, false, 129, NARROW 32 32 32 33",
        "4, 8, 1000, false, 3, NARROW 1 1 1",
        "4, 8, 1000, false, 9, NARROW 1 1 1 1 1 1 1 2",
        "2, 128, 1, false, 3, NARROW 1 1 1",
        "4, 3, 1000, false, 5, NARROW 1 1 1 1 1",
        "4, 8, 1000, true, 3, WIDE 3",
        "4, 8, 1000, true, 4, NARROW 1 1 1 1",
        "4, 2, 1000, true, 5, WIDE 1 2 2",
        "4, 8, 1, true, 2, WIDE 1 1",
        "1, 128, 1000, false, 300, WIDE 100 100 100",
    })
    void partsAreEvenAndFitIntoMemory(
            int processors, int rows, int mostAtOnce, boolean costly, int count, String expected) {
        Lanes lanes = new Lanes(processors, rows, mostAtOnce, costly);
        ConcurrentSkipListMap<Integer, Integer> sizes = new ConcurrentSkipListMap<>();
        AtomicInteger inFlight = new AtomicInteger();

        Rows found = new Rows(count, 2);
        lanes.run(count, (from, size, width) -> {
            assertThat(inFlight.addAndGet(size)).isLessThanOrEqualTo(rows);
            assertThat(width).isEqualTo(lanes.width(count));
            sizes.put(from, size);
            found.put(
                    from,
                    List.of(
                            FloatArrays.of(numbers(from, size), size),
                            FloatArrays.of(numbers(2 * from, 2 * size), size, 2)));
            inFlight.addAndGet(-size);
        });

        StringBuilder parts = new StringBuilder(lanes.width(count).name());
        sizes.values().forEach(size -> parts.append(' ').append(size));
        assertThat(parts).hasToString(expected);
        assertThat(found.all().get(0)).isEqualTo(numbers(0, count));
        assertThat(found.all().get(1)).isEqualTo(numbers(0, 2 * count));
    }

    private static float[] numbers(int from, int count) {
        float[] numbers = new float[count];
        IntStream.range(0, count).forEach(i -> numbers[i] = from + i);
        return numbers;
    }

    /** While all processors have parts, a batch that one of them asks for is not cut up among them; of a single part it is. */
    @ParameterizedTest
    @CsvSource({
        // rows, count, parts of 60 within each part
        "128, 1, 30 30",
        "128, 2, 60",
        "128, 7, 60",
        "128, 300, 60",
        "50, 2, 20 20 20",
        "50, 7, 20 20 20",
    })
    void aBatchWithinAPartGoesWhereItIs(int rows, int count, String expected) {
        Lanes lanes = new Lanes(2, rows, 1000, false);
        String alone = parts(lanes);
        Set<String> within = ConcurrentHashMap.newKeySet();
        lanes.run(count, (from, size, width) -> within.add(parts(lanes)));
        assertThat(within).containsExactly(expected);
        assertThat(parts(lanes)).isEqualTo(alone);
    }

    @Test
    void rowsOfAnotherSizeAreCutByWhatFits() {
        assertThat(parts(new Lanes(2, 128, 1000, false).ofRows(40))).isEqualTo("15 15 15 15");
        assertThat(parts(new Lanes(2, 40, 25, false).ofRows(1000))).isEqualTo("15 15 15 15");
        assertThat(parts(new Lanes(2, 40, 1000, false).ofRows(1000))).isEqualTo("30 30");
    }

    /** Sizes of the parts of 60. */
    private static String parts(Lanes lanes) {
        ConcurrentSkipListMap<Integer, Integer> sizes = new ConcurrentSkipListMap<>();
        lanes.run(60, (from, size, width) -> sizes.put(from, size));
        return sizes.values().stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    @Test
    void aFailureReachesTheCallerAsItIs() {
        InvalidInputException failure = new InvalidInputException("no");
        for (int failing : new int[] {0, 50, 99}) {
            assertThatThrownBy(() -> new Lanes(4, 4, 1, false).run(100, (from, count, width) -> {
                        if (from == failing) {
                            throw failure;
                        }
                    }))
                    .isSameAs(failure);
        }
    }
}

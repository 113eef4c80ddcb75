package dev.inkling.model;

import dev.inkling.spi.Parallel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How a batch goes through a graph: cut into parts, of which each processor computes one at a time. All processors at one part, operation
 * by operation, would wait for each other at the end of each operation.
 *
 * @param processors how many parts may be computed at once
 * @param rows how many rows fit into memory at once, of all parts together
 * @param mostAtOnce how many rows a part may have
 * @param costly whether a row costs so much that several processors are better at it than one
 */
record Lanes(int processors, int rows, int mostAtOnce, boolean costly) {

    /** Computes rows [from, from + count), on all processors or on one. */
    @FunctionalInterface
    interface Part {
        void compute(int from, int count, GraphSession.Width width);
    }

    /**
     * Computes a batch. Which rows make a part follows from their number alone, so that equal batches give equal bits on one machine; but a
     * part that asks for a batch while other processors have parts of their own gets it computed where it is.
     *
     * @param count rows
     */
    void run(int count, Part part) {
        GraphSession.Width width = width(count);
        boolean within = Crew.atWork();
        int lanes = width == GraphSession.Width.WIDE || within ? 1 : Math.min(processors, Math.min(rows, count));
        // Within a part, the memory is shared with those who compute the others.
        int parts = parts(count, lanes, within ? Math.min(processors, rows) : lanes);
        AtomicInteger next = new AtomicInteger();
        Runnable lane = () -> {
            for (int i = next.getAndIncrement(); i < parts; i = next.getAndIncrement()) {
                int from = from(i, parts, count);
                part.compute(from, from(i + 1, parts, count) - from, width);
            }
        };
        if (lanes == 1) {
            lane.run();
        } else {
            Crew crew = new Crew();
            Parallel.forEach(lanes, i -> crew.work(lane));
        }
    }

    /** The same for rows of another size. */
    Lanes ofRows(int fitting) {
        return new Lanes(processors, fitting, mostAtOnce, costly);
    }

    /** Too few rows for all processors share them, if that is worth it. */
    GraphSession.Width width(int count) {
        return processors == 1 || costly && Math.min(rows, count) < processors
                ? GraphSession.Width.WIDE
                : GraphSession.Width.NARROW;
    }

    /** As few as memory allows, of which {@code sharing} have one at once; as many in each lane where there are rows enough. */
    private int parts(int count, int lanes, int sharing) {
        int most = Math.min(mostAtOnce, rows / sharing);
        int each = ceiling(ceiling(count, most), lanes);
        return (int) Math.min(count, (long) each * lanes);
    }

    private static int ceiling(int dividend, int divisor) {
        return (dividend - 1) / divisor + 1;
    }

    private static int from(int part, int parts, int count) {
        return (int) ((long) part * count / parts);
    }
}

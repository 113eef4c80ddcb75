package dev.inkling.model;

import java.util.function.LongSupplier;

/** A clock that goes while at least one thing is in flight. For several threads. */
final class BusyClock {

    private final LongSupplier time;
    private int inFlight;
    private long began;
    private long busy;

    /** @param time that goes on, in nanoseconds */
    BusyClock(LongSupplier time) {
        this.time = time;
    }

    synchronized void begin() {
        if (inFlight++ == 0) {
            began = time.getAsLong();
        }
    }

    synchronized void end() {
        if (--inFlight == 0) {
            busy += time.getAsLong() - began;
        }
    }

    /** How long it went so far, in nanoseconds. */
    synchronized long nanos() {
        return inFlight == 0 ? busy : busy + time.getAsLong() - began;
    }
}

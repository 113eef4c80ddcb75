package dev.inkling.tck;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A part of the contract. */
interface Checks {

    /** A test for each promise, named after it. */
    Stream<DynamicTest> tests();
}

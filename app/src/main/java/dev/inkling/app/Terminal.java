package dev.inkling.app;

import java.io.PrintStream;

/**
 * Where a command prints.
 *
 * @param out results, and nothing else: a user pipes it on
 * @param err progress, warnings and errors
 */
public record Terminal(PrintStream out, PrintStream err) {}

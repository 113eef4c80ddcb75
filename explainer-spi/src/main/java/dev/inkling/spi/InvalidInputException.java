package dev.inkling.spi;

import java.util.Locale;

/**
 * Something that the user gave is wrong: an option, a layer, a file, a model. The message says what was expected, what was
 * found and what to do; the application prints it without a stack trace and ends with exit code 2.
 */
public final class InvalidInputException extends RuntimeException {

    /** A message as by {@link String#format(Locale, String, Object...)} with {@link Locale#ROOT}. */
    public InvalidInputException(String format, Object... arguments) {
        super(format(format, arguments));
    }

    /** The same, with what led to it. */
    public InvalidInputException(Throwable cause, String format, Object... arguments) {
        super(format(format, arguments), cause);
    }

    private static String format(String format, Object... arguments) {
        return arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments);
    }
}

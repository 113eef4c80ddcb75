package dev.inkling.app;

import dev.inkling.spi.InvalidInputException;

/** Tells in one line why something failed. */
final class RootCause {

    private RootCause() {}

    /**
     * The innermost cause, as {@code IOException: No space left on device}, only the first line of its message. For a class
     * that is missing or does not fit: which one, and what that means.
     */
    static String describe(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && !(root instanceof InvalidInputException)) {
            root = root.getCause();
        }
        String message = root.getMessage() == null
                ? ""
                : root.getMessage().strip().lines().findFirst().orElse("");
        String kind = root.getClass().getSimpleName();
        if (root instanceof ClassNotFoundException || root instanceof NoClassDefFoundError) {
            return "class " + message.replace('/', '.')
                    + " is missing; if a library holds it, the library's jar belongs"
                    + " beside the plug-in's jar, both in a folder of their own: plugins/NAME/";
        } else if (root instanceof InvalidInputException) {
            return message;
        } else if (root instanceof IncompatibleClassChangeError || root instanceof UnsupportedClassVersionError) {
            return kind + ": " + message + "; it was compiled for another version";
        }
        return message.isEmpty() ? kind : kind + ": " + message;
    }
}

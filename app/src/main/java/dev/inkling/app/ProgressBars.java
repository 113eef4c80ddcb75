package dev.inkling.app;

import java.io.Console;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress bars for people who watch: where nobody does, there is none, and logs stay clean. */
final class ProgressBars {

    private static final int WIDTH = 118;

    private ProgressBars() {}

    /**
     * A bar on the error stream.
     *
     * @param unit of what is counted, with a space before it
     * @return empty if the program's output goes to a file or a pipe
     */
    static Optional<ProgressBar> open(String task, String unit, long max, Terminal terminal) {
        if (!watched()) {
            return Optional.empty();
        }
        return Optional.of(ProgressBar.builder()
                .setTaskName(task)
                .setUnit(unit, 1)
                .setInitialMax(max)
                .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
                .setUpdateIntervalMillis(200)
                .clearDisplayOnFinish()
                .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), WIDTH))
                .build());
    }

    private static boolean watched() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // From Java 22 on there may be a console without a terminal, and a method that tells.
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}

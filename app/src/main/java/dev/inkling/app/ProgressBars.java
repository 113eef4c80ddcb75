package dev.inkling.app;

import java.io.Console;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress bars on the error stream, where somebody watches; none where the output goes to a file. */
final class ProgressBars {

    private static final int WIDTH = 118;

    private ProgressBars() {}

    /**
     * A bar that erases itself when closed.
     *
     * @param unit what is counted, such as {@code " images"}
     * @param unitSize how many steps make one unit
     */
    static Optional<ProgressBar> open(Terminal terminal, String task, long maximum, String unit, long unitSize) {
        if (!interactive()) {
            return Optional.empty();
        }
        return Optional.of(new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(maximum)
                .setUnit(unit, unitSize)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(250)
                .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), WIDTH))
                .clearDisplayOnFinish()
                .hideEta()
                .build());
    }

    private static boolean interactive() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // From Java 22 on there is a console even where nobody watches, and this tells.
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}

package dev.inkling.app;

import dev.inkling.trainer.DownloadListener;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;

/** Tells of downloads on the error stream. */
final class DownloadMessages implements DownloadListener {

    private final Terminal terminal;
    private Optional<ProgressBar> bar = Optional.empty();

    DownloadMessages(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public synchronized void started(URI source, long bytes) {
        terminal.err()
                .println("downloading " + source
                        + (bytes < 0 ? "" : String.format(Locale.ROOT, " (%.1f MB)", bytes / 1e6)));
        bar = ProgressBars.open("downloading", " bytes", bytes, terminal);
    }

    @Override
    public synchronized void progressed(long bytes) {
        bar.ifPresent(shown -> shown.stepTo(bytes));
    }

    @Override
    public synchronized void finished() {
        close();
    }

    @Override
    public synchronized void failed(URI source, String reason) {
        close();
        terminal.err().println("no luck with " + source + ": " + reason);
    }

    private void close() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
    }
}

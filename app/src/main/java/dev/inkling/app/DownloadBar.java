package dev.inkling.app;

import dev.inkling.trainer.DownloadListener;
import java.net.URI;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;

/** Shows downloads. */
final class DownloadBar implements DownloadListener {

    private static final long MEGABYTE = 1_000_000;

    private final Terminal terminal;
    private Optional<ProgressBar> bar = Optional.empty();

    DownloadBar(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void started(URI source, long bytes) {
        terminal.err().println("downloading " + source);
        bar = ProgressBars.open(terminal, "download", bytes, " MB", MEGABYTE);
    }

    @Override
    public void progressed(long bytes) {
        bar.ifPresent(shown -> shown.stepTo(bytes));
    }

    @Override
    public void finished() {
        bar.ifPresent(ProgressBar::close);
    }

    @Override
    public void failed(URI source, String reason) {
        bar.ifPresent(ProgressBar::close);
        terminal.err().println("no luck with " + source + ": " + reason);
    }
}

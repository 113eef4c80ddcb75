package dev.inkling.app;

import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ProgressBar;

/** Shows a run's progress to people who watch. */
final class ExplanationProgress implements ExplanationRun.Listener, AutoCloseable {

    private final Optional<ProgressBar> bar;
    private final AtomicLong evaluations = new AtomicLong();
    private final int images;
    private String title = "";
    private long done;
    private long end;

    /** Opens the bar, over all images once for each explainer. */
    ExplanationProgress(int explainers, int images, Terminal terminal) {
        this.images = images;
        bar = ProgressBars.open("explaining", " maps", (long) explainers * images, terminal);
    }

    @Override
    public void started(ConfiguredExplainer explainer, int count) {
        title = explainer.card().title();
        done = end;
        end += images;
        evaluations.set(0);
        show();
    }

    /** An explainer may ask from threads of its own. */
    @Override
    public void evaluated(long forward, long backward) {
        evaluations.addAndGet(forward + backward);
        show();
    }

    @Override
    public void explained(int count) {
        done += count;
        show();
    }

    @Override
    public void failed(ExplanationRun.Failure failure) {
        done = end;
        show();
    }

    @Override
    public void finished() {
        done = end;
        show();
    }

    private void show() {
        bar.ifPresent(shown -> shown.stepTo(done)
                .setExtraMessage(String.format(Locale.ROOT, " %s, %,d evaluations", title, evaluations.get())));
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
    }
}

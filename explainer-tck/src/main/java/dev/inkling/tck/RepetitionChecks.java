package dev.inkling.tck;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.tensorflow.ndarray.FloatNdArray;

/** The same image has the same answer: in whatever batch, again, and on several threads at once. */
record RepetitionChecks(Subject<?> subject) implements Checks {

    private static final int THREADS = 8;

    @Override
    public Stream<DynamicTest> tests() {
        return Stream.of(
                dynamicTest("the batch does not matter", this::theBatchDoesNotMatter),
                dynamicTest("same options, same bits", this::sameOptionsSameBits),
                dynamicTest("threads do not disturb each other", this::threadsDoNotDisturbEachOther));
    }

    private void theBatchDoesNotMatter() {
        Attribution together = subject.explained();
        for (int i = 0; i < Examples.COUNT; i++) {
            Attribution alone = subject.explainer().explain(subject.model(), subject.image(i), subject.target(i));
            Attributions.assertClose(together.image(i), alone, "image " + i + " in a batch and alone");
        }
    }

    private void sameOptionsSameBits() {
        Explainer explainer = subject.explainer();
        Attribution first = explainer.explain(subject.model(), subject.images(), subject.targets());
        Attribution second = explainer.explain(subject.model(), subject.images(), subject.targets());
        Attributions.assertSame(first, second, "a second call");
        Attributions.assertSame(first, subject.explained(), "a second explainer");
    }

    private void threadsDoNotDisturbEachOther() throws Exception {
        Explainer explainer = subject.explainer();
        List<Attribution> expected = new ArrayList<>();
        for (int i = 0; i < Examples.COUNT; i++) {
            expected.add(explainer.explain(subject.model(), subject.image(i), subject.target(i)));
        }
        Model meeting = new ObservedModel(subject.model(), new Rendezvous(THREADS));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Attribution>> found = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                FloatNdArray image = subject.image(thread % Examples.COUNT);
                Targets target = subject.target(thread % Examples.COUNT);
                found.add(threads.submit(() -> explainer.explain(meeting, image, target)));
            }
            for (int thread = 0; thread < THREADS; thread++) {
                Attributions.assertSame(
                        expected.get(thread % Examples.COUNT),
                        found.get(thread).get(1, TimeUnit.MINUTES),
                        "one of " + THREADS + " threads");
            }
        } finally {
            threads.shutdownNow();
        }
    }
}

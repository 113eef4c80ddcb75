package dev.inkling.bench;

import dev.inkling.model.Precision;
import dev.inkling.spi.Targets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.tensorflow.ndarray.FloatNdArray;

/** Time of one call by JMH: {@code bench/run jmh}, with JMH's own options such as {@code -p method=grad-cam -p images=1}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ExplainerBenchmark {

    /** A method with its options, as {@code smooth-grad samples=50}. */
    @Param({"forward", "saliency", "guided-backprop", "grad-cam"})
    public String method;

    /** Images in a call. */
    @Param({"1", "50"})
    public int images;

    /** What convolutions are computed in. */
    @Param("FLOAT32")
    public Precision precision;

    private Subject subject;
    private Subject.Method measured;
    private FloatNdArray pixels;
    private Targets targets;

    /** Loads the model. */
    @Setup(Level.Trial)
    public void load() {
        subject = new Subject(precision);
        measured = subject.method(List.of(method.split(" ")));
        pixels = subject.images(images);
        targets = subject.targets(images);
    }

    /** One call. */
    @Benchmark
    public FloatNdArray explain() {
        return measured.on(subject.model(), pixels, targets);
    }

    /** Frees the model. */
    @TearDown(Level.Trial)
    public void close() {
        subject.close();
    }
}

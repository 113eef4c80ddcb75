package dev.inkling.model.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Split;
import org.tensorflow.types.TFloat32;

class GraphPathTest {

    private final Graph graph = new Graph();
    private final Ops tf = Ops.create(graph);
    private final Output<TFloat32> image =
            tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2))).asOutput();

    @AfterEach
    void close() {
        graph.close();
    }

    private static GraphOperation operation(Operand<?> operand) {
        return (GraphOperation) operand.asOutput().op();
    }

    @Test
    void holdsWhatLeadsThereEachAfterWhatItReads() {
        Operand<TFloat32> first = tf.nn.relu(image);
        Operand<TFloat32> left = tf.math.neg(first);
        Operand<TFloat32> aside = tf.math.tanh(first);
        Operand<TFloat32> constant = tf.math.exp(tf.constant(2f));
        Operand<TFloat32> right = tf.math.mul(first, constant);
        Operand<TFloat32> sum = tf.math.add(left, right);
        Operand<TFloat32> beyond = tf.math.square(sum);
        assertThat(new GraphPath(image, sum.asOutput()).operations())
                .containsExactly(operation(first), operation(left), operation(right), operation(sum))
                .doesNotContain(operation(aside), operation(constant), operation(beyond));
    }

    @Test
    void whereNothingLeadsThereItIsEmpty() {
        Operand<TFloat32> other = tf.math.neg(tf.constant(1f));
        GraphPath path = new GraphPath(image, other.asOutput());
        assertThat(path.operations()).isEmpty();
        assertThat(path.readers(image)).isEmpty();
        assertThat(path.soleReader(image)).isEmpty();
    }

    @Test
    void knowsReadersAndInputsOnIt() {
        Operand<TFloat32> first = tf.nn.relu(image);
        Operand<TFloat32> square = tf.math.mul(first, first);
        Operand<TFloat32> sum = tf.math.add(square, tf.math.mul(first, tf.constant(3f)));
        tf.math.tanh(first);
        GraphPath path = new GraphPath(image, sum.asOutput());
        assertThat(path.readers(first.asOutput())).containsExactlyInAnyOrder(operation(square), (GraphOperation)
                operation(sum).input(1).op());
        assertThat(path.inputs(operation(square))).containsExactly(first.asOutput());
        assertThat(path.inputs(operation(sum)))
                .containsExactly(square.asOutput(), operation(sum).input(1));
        assertThat(path.inputs((GraphOperation) operation(sum).input(1).op())).containsExactly(first.asOutput());
    }

    @Test
    void oneGoesOnByItself() {
        Operand<TFloat32> first = tf.nn.relu(image);
        // What lies beside the path counts for nothing.
        tf.math.tanh(image);
        assertThat(new GraphPath(image, tf.math.neg(first).asOutput()).soleReader(image))
                .contains(operation(first));
    }

    @Test
    void twoReadersAreNoneByThemselves() {
        Operand<TFloat32> sum = tf.math.add(tf.nn.relu(image), tf.math.neg(image));
        assertThat(new GraphPath(image, sum.asOutput()).soleReader(image)).isEmpty();
    }

    @Test
    void whoReadsItTwiceDoesMoreThanGoOn() {
        Operand<TFloat32> square = tf.math.mul(image, image);
        assertThat(new GraphPath(image, square.asOutput()).soleReader(image)).isEmpty();
    }

    @Test
    void whoReadsAnotherOfThePathDoesNotGoOnFromThisAlone() {
        Operand<TFloat32> first = tf.nn.relu(image);
        Operand<TFloat32> left = tf.math.neg(first);
        Operand<TFloat32> sum = tf.math.add(left, tf.math.exp(first));
        assertThat(new GraphPath(image, sum.asOutput()).soleReader(left.asOutput()))
                .isEmpty();
    }

    @Test
    void ofWhatPutsOutSeveralOnlyTheFirstMayBeRead() {
        Split<TFloat32> halves = tf.split(tf.constant(1), image, 2L);
        Operand<TFloat32> first = tf.math.neg(halves.output().get(0));
        assertThat(new GraphPath(image, first.asOutput()).soleReader(image)).contains((GraphOperation) halves.op());
        Operand<TFloat32> both = tf.math.add(first, halves.output().get(1));
        assertThat(new GraphPath(image, both.asOutput()).soleReader(image)).isEmpty();
    }

    /** 2 relu(x) − x with another tensor for x; the constant stays the same operation. */
    @Test
    void goesOnFromAnotherTensor() {
        Operand<TFloat32> two = tf.math.add(tf.constant(1f), tf.constant(1f));
        Operand<TFloat32> result = tf.math.sub(tf.math.mul(tf.nn.relu(image), two), image);
        Output<TFloat32> other = tf.constant(new float[][] {{3, -4}, {5, 0}}).asOutput();
        GraphPath path = new GraphPath(image, result.asOutput());
        Output<?> followed = path.follow(tf, other);
        assertThat(new GraphPath(other, followed).operations()).hasSameSizeAs(path.operations());
        assertThat(Replica.inputs((GraphOperation) operation(followed).input(0).op()))
                .contains(two.asOutput());
        try (Session session = new Session(graph);
                Result run = session.runner().fetch(followed).run()) {
            TFloat32 values = (TFloat32) run.get(0);
            assertThat(new float[] {
                        values.getFloat(0, 0), values.getFloat(0, 1), values.getFloat(1, 0), values.getFloat(1, 1)
                    })
                    .containsExactly(3, 4, 5, 0);
        }
    }
}

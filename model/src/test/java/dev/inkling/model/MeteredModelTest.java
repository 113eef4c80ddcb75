package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import dev.inkling.spi.Biases;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Formula;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;
import org.tensorflow.ndarray.FloatNdArray;

class MeteredModelTest {

    private static final FloatNdArray FIVE_IMAGES = FloatArrays.of(new float[5 * 4], 5, 2, 2, 1);
    private static final FloatNdArray SEVEN_ACTIVATIONS = FloatArrays.of(new float[7 * 3], 7, 1, 1, 3);
    private static final FloatNdArray RESULT = FloatArrays.of(new float[] {42}, 1, 1);
    private static final Targets TARGETS = Targets.classes(2, 0, 1, 0, 1, 0);

    private final Model inner = mock(Model.class);
    private final MeteredModel.Meter meter = mock(MeteredModel.Meter.class);
    private final MeteredModel metered = new MeteredModel(inner, meter);

    @Test
    void scoresCountForwardOnly() {
        when(inner.scores(FIVE_IMAGES)).thenReturn(RESULT);

        assertThat(metered.scores(FIVE_IMAGES)).isSameAs(RESULT);

        counted(5, 0);
    }

    @Test
    void gradientsCountForwardAndBackward() {
        Gradients gradients = mock(Gradients.class);
        when(inner.capability(Gradients.class)).thenReturn(Optional.of(gradients));
        when(gradients.gradients(FIVE_IMAGES, TARGETS)).thenReturn(RESULT);

        assertThat(metered.require(Gradients.class).gradients(FIVE_IMAGES, TARGETS))
                .isSameAs(RESULT);

        counted(5, 5);
    }

    @Test
    void layersCountWhatEachOfTheirMethodsCosts() {
        Layers layers = mock(Layers.class);
        Layers.LayerGradients both = new Layers.LayerGradients(RESULT, RESULT);
        when(inner.capability(Layers.class)).thenReturn(Optional.of(layers));
        when(layers.activations("conv", FIVE_IMAGES)).thenReturn(RESULT);
        when(layers.gradients("conv", FIVE_IMAGES, TARGETS)).thenReturn(both);
        when(layers.scoresFrom("conv", SEVEN_ACTIVATIONS)).thenReturn(RESULT);
        Layers door = metered.require(Layers.class);

        assertThat(door.activations("conv", FIVE_IMAGES)).isSameAs(RESULT);
        assertThat(door.gradients("conv", FIVE_IMAGES, TARGETS)).isSameAs(both);
        assertThat(door.scoresFrom("conv", SEVEN_ACTIVATIONS)).isSameAs(RESULT);
        Layers.Visitor visitor = (image, values) -> {};
        List<Formula> forward = List.of(Formula.Input.ACTIVATION);
        List<Formula> back = List.of(Formula.Input.ACTIVATION, Formula.Input.GRADIENT.sumOverPlaces());
        door.visit("conv", FIVE_IMAGES, TARGETS, forward, visitor);
        door.visit("conv", FIVE_IMAGES, TARGETS, back, visitor);

        verify(layers).visit("conv", FIVE_IMAGES, TARGETS, forward, visitor);
        verify(layers).visit("conv", FIVE_IMAGES, TARGETS, back, visitor);
        InOrder order = inOrder(meter);
        order.verify(meter).evaluated(5, 0);
        order.verify(meter).evaluated(5, 5);
        order.verify(meter).evaluated(7, 0);
        order.verify(meter).evaluated(5, 0);
        order.verify(meter).evaluated(5, 5);
        assertThat(metered.forward()).isEqualTo(27);
        assertThat(metered.backward()).isEqualTo(10);
    }

    /** A layer of three channels: itself, the whole and three without one, after each image. */
    @Test
    void aScoreDropCountsEachChannelOfEachImage() {
        Layers layers = mock(Layers.class);
        when(inner.capability(Layers.class)).thenReturn(Optional.of(layers));
        ModelSignature.Layer conv = new ModelSignature.Layer("conv", ModelSignature.Layer.Kind.CONVOLUTION, 1, 1, 3);
        when(inner.signature())
                .thenReturn(new ModelSignature(
                        "test", 2, 2, 1, new ModelSignature.ValueRange(0, 1), List.of("a", "b"), List.of(conv)));
        List<Formula> formulas = List.of(Formula.Input.SCORE_DROP);
        List<Formula> back = List.of(Formula.Input.SCORE_DROP.minus(Formula.Input.GRADIENT));
        doAnswer(call -> {
                    Layers.Visitor visitor = call.getArgument(4);
                    visitor.visit(1, List.of(new float[3]));
                    visitor.visit(0, List.of(new float[3]));
                    return null;
                })
                .when(layers)
                .visit(eq("conv"), any(), any(), any(), any());
        List<Integer> seen = new ArrayList<>();
        Layers.Visitor visitor = (image, values) -> seen.add(image);

        metered.require(Layers.class).visit("conv", FIVE_IMAGES, TARGETS, formulas, visitor);
        verify(meter, times(2)).evaluated(5, 0);
        metered.require(Layers.class).visit("conv", FIVE_IMAGES, TARGETS, back, visitor);
        verify(meter, times(2)).evaluated(5, 1);
        assertThat(seen).containsExactly(1, 0, 1, 0);
    }

    @Test
    void contributionsOfBiasesCountForwardAndBackward() {
        Biases biases = mock(Biases.class);
        List<Biases.Contribution> contributions = List.of(new Biases.Contribution("conv", RESULT));
        when(inner.capability(Biases.class)).thenReturn(Optional.of(biases));
        when(biases.contributions(FIVE_IMAGES, TARGETS)).thenReturn(contributions);

        assertThat(metered.require(Biases.class).contributions(FIVE_IMAGES, TARGETS))
                .isSameAs(contributions);
        counted(5, 5);

        Biases.Visitor visitor = (image, operation, shape, values) -> {};
        List<Formula> formulas = List.of(Formula.Input.CONTRIBUTION);
        metered.require(Biases.class).visit(FIVE_IMAGES, TARGETS, formulas, visitor);
        verify(biases).visit(FIVE_IMAGES, TARGETS, formulas, visitor);
        assertThat(metered.forward()).isEqualTo(10);
        assertThat(metered.backward()).isEqualTo(10);
    }

    @Test
    void propagationCountsForwardAndBackward() {
        Propagation propagation = mock(Propagation.class);
        Propagation.Rule rule = new Propagation.Rule.Guided();
        Propagation.Propagated propagated = new Propagation.Propagated(RESULT, RESULT);
        when(inner.capability(Propagation.class)).thenReturn(Optional.of(propagation));
        when(propagation.propagate(FIVE_IMAGES, TARGETS, rule)).thenReturn(propagated);

        assertThat(metered.require(Propagation.class).propagate(FIVE_IMAGES, TARGETS, rule))
                .isSameAs(propagated);

        counted(5, 5);
    }

    @Test
    void baselinesAreSentForwardToo() {
        Propagation propagation = mock(Propagation.class);
        Propagation.Rule rule = new Propagation.Rule.DeepLift(FIVE_IMAGES);
        when(inner.capability(Propagation.class)).thenReturn(Optional.of(propagation));

        metered.require(Propagation.class).propagate(FIVE_IMAGES, TARGETS, rule);

        assertThat(metered.forward()).isEqualTo(10);
        assertThat(metered.backward()).isEqualTo(5);
    }

    @Test
    void offersNoMoreThanTheModelDoes() {
        when(inner.capability(any())).thenReturn(Optional.empty());
        when(inner.signature())
                .thenReturn(new ModelSignature(
                        "black box", 2, 2, 1, ModelSignature.ValueRange.UNIT, List.of("a", "b"), List.of()));

        assertThat(metered.capability(Gradients.class)).isEmpty();
        assertThatThrownBy(() -> metered.require(Layers.class))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("model 'black box' does not offer Layers");
    }

    @Test
    void handsOutAnImplementationsOwnType() {
        StringBuilder own = new StringBuilder();
        when(inner.capability(StringBuilder.class)).thenReturn(Optional.of(own));

        assertThat(metered.capability(StringBuilder.class)).containsSame(own);
        verifyNoMoreInteractions(meter);
    }

    @Test
    void aFailedCallCountsNothing() {
        when(inner.scores(FIVE_IMAGES)).thenThrow(new IllegalStateException("broken"));

        assertThatThrownBy(() -> metered.scores(FIVE_IMAGES)).hasMessage("broken");

        verify(meter, never()).evaluated(anyLong(), anyLong());
        assertThat(metered.forward()).isZero();
    }

    @Test
    void aMeterThatThrowsCancelsTheCaller() {
        when(inner.scores(FIVE_IMAGES)).thenReturn(RESULT);
        doThrow(new CancellationException("enough")).when(meter).evaluated(5, 0);

        assertThatThrownBy(() -> metered.scores(FIVE_IMAGES))
                .isInstanceOf(CancellationException.class)
                .hasMessage("enough");

        assertThat(metered.forward()).as("the work was done").isEqualTo(5);
    }

    @Test
    void countsAreExactUnderConcurrentCalls() throws Exception {
        Model fast = mock(Model.class, org.mockito.Mockito.withSettings().stubOnly());
        when(fast.scores(any())).thenReturn(RESULT);
        MeteredModel shared = new MeteredModel(fast, (forward, backward) -> {});
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> all = IntStream.range(0, 8)
                    .<Future<?>>mapToObj(t -> threads.submit(() -> {
                        start.await();
                        for (int i = 0; i < 2_000; i++) {
                            shared.scores(FIVE_IMAGES);
                        }
                        return null;
                    }))
                    .toList();
            start.countDown();
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(shared.forward()).isEqualTo(8 * 2_000 * 5);
    }

    private void counted(long forward, long backward) {
        verify(meter).evaluated(forward, backward);
        verifyNoMoreInteractions(meter);
        assertThat(metered.forward()).isEqualTo(forward);
        assertThat(metered.backward()).isEqualTo(backward);
    }
}

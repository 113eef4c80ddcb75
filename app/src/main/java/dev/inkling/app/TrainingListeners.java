package dev.inkling.app;

import dev.inkling.trainer.TrainingListener;
import java.util.List;

/** Several listeners of one run, told in this order. */
record TrainingListeners(List<TrainingListener> all) implements TrainingListener {

    @Override
    public void warning(String message) {
        all.forEach(listener -> listener.warning(message));
    }

    @Override
    public void started(Plan plan) {
        all.forEach(listener -> listener.started(plan));
    }

    @Override
    public void step(Step step) {
        all.forEach(listener -> listener.step(step));
    }

    @Override
    public void epoch(EpochEnd end) {
        all.forEach(listener -> listener.epoch(end));
    }
}

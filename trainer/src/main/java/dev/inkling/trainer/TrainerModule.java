package dev.inkling.trainer;

import com.google.inject.AbstractModule;

/** Wires a {@link Trainer}: settings and data are there before the injector is. */
public final class TrainerModule extends AbstractModule {

    private final TrainSettings settings;
    private final Dataset data;
    private final RunFolder folder;
    private final TrainingListener listener;

    public TrainerModule(TrainSettings settings, Dataset data, RunFolder folder, TrainingListener listener) {
        this.settings = settings;
        this.data = data;
        this.folder = folder;
        this.listener = listener;
    }

    @Override
    protected void configure() {
        binder().requireExplicitBindings();
        binder().disableCircularProxies();
        binder().requireExactBindingAnnotations();
        binder().requireAtInjectOnConstructors();
        bind(TrainSettings.class).toInstance(settings);
        bind(Dataset.class).toInstance(data);
        bind(RunFolder.class).toInstance(folder);
        bind(TrainingListener.class).toInstance(listener);
        bind(Trainer.class);
    }
}

package dev.inkling.app;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;

/** The application's own bindings, and the strict rules for everybody's. */
final class AppModule extends AbstractModule {

    private final CommandSettings settings;
    private final GlobalSettings global;
    private final List<Path> pluginFolders;
    private final Terminal terminal;

    AppModule(CommandSettings settings, GlobalSettings global, List<Path> pluginFolders, Terminal terminal) {
        this.settings = settings;
        this.global = global;
        this.pluginFolders = pluginFolders;
        this.terminal = terminal;
    }

    @Override
    protected void configure() {
        binder().requireExplicitBindings();
        binder().disableCircularProxies();
        binder().requireExactBindingAnnotations();
        bind(Terminal.class).toInstance(terminal);
        bind(GlobalSettings.class).toInstance(global);
        bindSettings(settings);
        bind(ReportWork.class);
        bind(settings.command());
        install(settings.module());
    }

    /** Loads the plug-ins, when and if the command asks. */
    @Provides
    @Singleton
    ExplainerCatalog catalog() {
        return ExplainerCatalog.load(pluginFolders);
    }

    @SuppressWarnings("unchecked")
    private <S extends CommandSettings> void bindSettings(S filled) {
        bind((Class<S>) filled.getClass()).toInstance(filled);
    }
}

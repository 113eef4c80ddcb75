package dev.inkling.app;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;

/** {@code inkling explainers}: what is installed, what each needs and takes, and which plug-ins are broken and why. */
public final class ExplainersCommand implements Command {

    private final Settings settings;
    private final ExplainerCatalog catalog;
    private final Terminal terminal;

    @Inject
    ExplainersCommand(Settings settings, ExplainerCatalog catalog, Terminal terminal) {
        this.settings = settings;
        this.catalog = catalog;
        this.terminal = terminal;
    }

    @Override
    public int run() {
        List<InstalledWrapper> wrappers = catalog.wrappers().stream()
                .filter(wrapper -> settings.names.isEmpty() || settings.names.contains(wrapper.name()))
                .toList();
        List<String> wrapperNames =
                wrappers.stream().map(InstalledWrapper::name).toList();
        List<InstalledExplainer> chosen = settings.names.isEmpty()
                ? catalog.installed()
                : settings.names.stream()
                        .filter(name -> !wrapperNames.contains(name))
                        .map(catalog::find)
                        .toList();
        if (settings.json) {
            terminal.out()
                    .println(ExplainerListing.of(chosen, wrappers, catalog.broken())
                            .json());
        } else if (settings.names.isEmpty()) {
            terminal.out().print(ExplainerTable.overview(chosen, wrappers));
        } else {
            chosen.forEach(explainer -> terminal.out().print(ExplainerTable.details(explainer)));
            wrappers.forEach(wrapper -> terminal.out().print(ExplainerTable.details(wrapper)));
        }
        return catalog.reportBroken(terminal.err());
    }

    @Parameters(
            commandNames = "explainers",
            commandDescription =
                    "lists the installed explainers, what each needs and takes, and which plug-ins are broken and why")
    static final class Settings implements CommandSettings {

        @Parameter(placeholder = "[NAME]...", description = "show only these, in full")
        List<String> names = new ArrayList<>();

        @Parameter(names = "--json", description = "print JSON, broken plug-ins included")
        boolean json;

        @Override
        public Class<ExplainersCommand> command() {
            return ExplainersCommand.class;
        }

        @Override
        public List<String> examples() {
            return List.of(
                    "inkling explainers",
                    "inkling explainers smooth-grad",
                    "inkling explainers --json",
                    "inkling explainers --plugins ../my-explainer/target");
        }
    }
}

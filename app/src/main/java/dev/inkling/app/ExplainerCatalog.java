package dev.inkling.app;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The explainers at hand, built in and dropped in, and what is wrong with those that are not. Immutable. */
public final class ExplainerCatalog {

    private final List<InstalledExplainer> installed;
    private final List<BrokenPlugin> broken;

    private ExplainerCatalog(List<InstalledExplainer> installed, List<BrokenPlugin> broken) {
        this.installed = List.copyOf(installed);
        this.broken = List.copyOf(broken);
    }

    /**
     * Loads the built-in explainers and the plug-ins of these folders.
     *
     * @throws InvalidInputException if a folder cannot be read; a plug-in that does not work is no error but
     *     {@linkplain #broken() broken}
     */
    public static ExplainerCatalog load(List<Path> pluginFolders) {
        return load(ExplainerCatalog.class.getClassLoader(), pluginFolders);
    }

    static ExplainerCatalog load(ClassLoader app, List<Path> pluginFolders) {
        PluginLoader loader = new PluginLoader(app);
        loader.loadBuiltIns();
        loader.loadPlugins(pluginFolders);
        return of(loader.installed(), loader.broken());
    }

    /** Nobody silently wins a name: all who bear the same are unavailable until the user removes one. */
    private static ExplainerCatalog of(List<InstalledExplainer> found, List<BrokenPlugin> broken) {
        Map<String, List<InstalledExplainer>> byName = found.stream()
                .collect(Collectors.groupingBy(InstalledExplainer::name, TreeMap::new, Collectors.toList()));
        List<InstalledExplainer> unique = new ArrayList<>();
        List<BrokenPlugin> unusable = new ArrayList<>(broken);
        byName.forEach((name, bearers) -> {
            if (bearers.size() == 1) {
                unique.add(bearers.get(0));
            } else {
                List<String> origins =
                        bearers.stream().map(InstalledExplainer::origin).toList();
                unusable.add(new BrokenPlugin(
                        Optional.of(name),
                        origins,
                        "it comes from " + String.join(" and from ", origins) + "; remove all but one"));
            }
        });
        return new ExplainerCatalog(unique, unusable);
    }

    /** What can be used, sorted by name. */
    public List<InstalledExplainer> installed() {
        return installed;
    }

    /** What cannot be used, and why. */
    public List<BrokenPlugin> broken() {
        return broken;
    }

    /**
     * An explainer by name.
     *
     * @throws InvalidInputException if there is none, naming those that exist; or if it is broken, saying why
     */
    public InstalledExplainer find(String name) {
        return installed.stream()
                .filter(explainer -> explainer.name().equals(name))
                .findFirst()
                .orElseThrow(() -> missing(name));
    }

    /**
     * The explainers of a list as users type it, each once.
     *
     * @throws InvalidInputException if the list or any explainer in it is not right; the message tells of all that are not
     */
    public List<ConfiguredExplainer> configured(String list) {
        List<ConfiguredExplainer> explainers = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (ExplainerSpec spec : ExplainerSpec.parseList(list)) {
            try {
                InstalledExplainer found = find(spec.name());
                Map<String, String> options = found.resolved(spec.options());
                boolean repeated = explainers.stream()
                        .anyMatch(other -> other.card().equals(found.card())
                                && other.options().equals(options));
                if (!repeated) {
                    explainers.add(new ConfiguredExplainer(found.card(), options, found.create(spec.options())));
                }
            } catch (InvalidInputException e) {
                problems.add(e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("%s", String.join("; ", problems));
        }
        return explainers;
    }

    /**
     * Checks that explainers can explain a model, as far as that can be known before.
     *
     * @throws InvalidInputException if any can not; the message tells of all that can not and why, and where a method does not suit the
     *     model names those that do
     */
    public void requireFit(List<ConfiguredExplainer> explainers, Model model) {
        List<String> problems = new ArrayList<>();
        boolean anotherWouldDo = false;
        for (ConfiguredExplainer explainer : explainers) {
            try {
                explainer.requireFit(model);
            } catch (InvalidInputException e) {
                problems.add(e.getMessage());
                anotherWouldDo |= !ConfiguredExplainer.fits(explainer.card(), model);
            }
        }
        if (problems.isEmpty()) {
            return;
        }
        if (anotherWouldDo) {
            String fitting = installed.stream()
                    .filter(other -> ConfiguredExplainer.fits(other.card(), model))
                    .map(InstalledExplainer::name)
                    .collect(Collectors.joining(", "));
            problems.add("installed explainers that work with this model: " + (fitting.isEmpty() ? "none" : fitting));
        }
        throw new InvalidInputException("%s", String.join("; ", problems));
    }

    /**
     * Prints a line for each broken plug-in. A command that used the catalog ends with this, after it delivered everything
     * else.
     *
     * @return the exit code: {@link Main#WRONG_USE} if something is broken, else {@link Main#OK}
     */
    public int reportBroken(PrintStream err) {
        broken.forEach(plugin -> err.println("inkling: " + plugin.message()));
        return broken.isEmpty() ? Main.OK : Main.WRONG_USE;
    }

    private InvalidInputException missing(String name) {
        Optional<BrokenPlugin> known = broken.stream()
                .filter(plugin -> plugin.explainer().equals(Optional.of(name)))
                .min(Comparator.comparing(BrokenPlugin::reason));
        if (known.isPresent()) {
            return new InvalidInputException(known.get().message());
        }
        List<String> names = installed.stream().map(InstalledExplainer::name).toList();
        return new InvalidInputException(
                "no explainer '%s'; installed: %s%s%s",
                name,
                names.isEmpty() ? "none" : String.join(", ", names),
                DidYouMean.hint(name, names),
                broken.isEmpty() ? "" : " (" + broken.size() + " broken; 'inkling explainers' says why)");
    }
}

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
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The explainers at hand, built in and dropped in, and what is wrong with those that are not. Immutable. */
public final class ExplainerCatalog {

    private final List<InstalledExplainer> installed;
    private final List<InstalledWrapper> wrappers;
    private final List<BrokenPlugin> broken;

    private ExplainerCatalog(
            List<InstalledExplainer> installed, List<InstalledWrapper> wrappers, List<BrokenPlugin> broken) {
        this.installed = List.copyOf(installed);
        this.wrappers = List.copyOf(wrappers);
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
        return of(loader.installed(), loader.wrappers(), loader.broken());
    }

    /** Nobody silently wins a name: all who bear the same are unavailable until the user removes one. */
    private static ExplainerCatalog of(
            List<InstalledExplainer> explainers, List<InstalledWrapper> wrappers, List<BrokenPlugin> broken) {
        Map<String, List<String>> origins = new TreeMap<>();
        explainers.forEach(found ->
                origins.computeIfAbsent(found.name(), name -> new ArrayList<>()).add(found.origin()));
        wrappers.forEach(found ->
                origins.computeIfAbsent(found.name(), name -> new ArrayList<>()).add(found.origin()));
        List<BrokenPlugin> unusable = new ArrayList<>(broken);
        origins.forEach((name, bearers) -> {
            if (bearers.size() > 1) {
                unusable.add(new BrokenPlugin(
                        Optional.of(name),
                        bearers,
                        "it comes from " + String.join(" and from ", bearers) + "; remove all but one"));
            }
        });
        return new ExplainerCatalog(
                explainers.stream()
                        .filter(found -> origins.get(found.name()).size() == 1)
                        .sorted(Comparator.comparing(InstalledExplainer::name))
                        .toList(),
                wrappers.stream()
                        .filter(found -> origins.get(found.name()).size() == 1)
                        .sorted(Comparator.comparing(InstalledWrapper::name))
                        .toList(),
                unusable);
    }

    /** What can be used, sorted by name. */
    public List<InstalledExplainer> installed() {
        return installed;
    }

    /** What can be put around them, sorted by name. */
    public List<InstalledWrapper> wrappers() {
        return wrappers;
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
                .orElseThrow(() -> {
                    if (wrappers.stream().anyMatch(wrapper -> wrapper.name().equals(name))) {
                        return new InvalidInputException(
                                "'%s' is a wrapper; say around which explainer, such as %s+grad-cam", name, name);
                    }
                    return missing(
                            "explainer",
                            name,
                            installed.stream().map(InstalledExplainer::name).toList());
                });
    }

    /**
     * A wrapper by name.
     *
     * @throws InvalidInputException if there is none, naming those that exist; or if it is broken, saying why
     */
    public InstalledWrapper findWrapper(String name) {
        return wrappers.stream()
                .filter(wrapper -> wrapper.name().equals(name))
                .findFirst()
                .orElseThrow(() -> {
                    if (installed.stream()
                            .anyMatch(explainer -> explainer.name().equals(name))) {
                        return new InvalidInputException(
                                "explainer '%s' is no wrapper and can't stand before '+'; wrappers: %s",
                                name,
                                wrappers.stream().map(InstalledWrapper::name).collect(Collectors.joining(", ")));
                    }
                    return missing(
                            "wrapper",
                            name,
                            wrappers.stream().map(InstalledWrapper::name).toList());
                });
    }

    /**
     * The explainers of a list as users type it, each once.
     *
     * @throws InvalidInputException if the list or any explainer in it is not right; the message tells of all that are not
     */
    public List<ConfiguredExplainer> configured(String list) {
        Set<String> wrapperNames = wrappers.stream().map(InstalledWrapper::name).collect(Collectors.toSet());
        List<ConfiguredExplainer> explainers = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (ExplainerSpec spec : ExplainerSpec.parseList(list, wrapperNames)) {
            try {
                ConfiguredExplainer found = configured(spec);
                boolean repeated = explainers.stream()
                        .anyMatch(other -> other.card().equals(found.card())
                                && other.allOptions().equals(found.allOptions()));
                if (!repeated) {
                    explainers.add(found);
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

    private ConfiguredExplainer configured(ExplainerSpec spec) {
        if (spec.wrapped().isPresent()) {
            return findWrapper(spec.name()).around(configured(spec.wrapped().get()), spec.options());
        }
        InstalledExplainer found = find(spec.name());
        return new ConfiguredExplainer(found.card(), found.resolved(spec.options()), found.create(spec.options()));
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

    private InvalidInputException missing(String what, String name, List<String> names) {
        Optional<BrokenPlugin> known = broken.stream()
                .filter(plugin -> plugin.explainer().equals(Optional.of(name)))
                .min(Comparator.comparing(BrokenPlugin::reason));
        if (known.isPresent()) {
            return new InvalidInputException(known.get().message());
        }
        return new InvalidInputException(
                "no %s '%s'; installed: %s%s%s",
                what,
                name,
                names.isEmpty() ? "none" : String.join(", ", names),
                DidYouMean.hint(name, names),
                broken.isEmpty() ? "" : " (" + broken.size() + " broken; 'inkling explainers' says why)");
    }
}

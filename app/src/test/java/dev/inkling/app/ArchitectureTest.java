package dev.inkling.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The arrows of the architecture are the only ones: see docs/architecture.md. */
class ArchitectureTest {

    private static final DescribedPredicate<JavaClass> TENSORFLOW = resideInAnyPackage(
                    "org.tensorflow..", "org.bytedeco..", "com.google.protobuf..")
            .and(DescribedPredicate.not(resideInAPackage("org.tensorflow.ndarray..")))
            .as("TensorFlow besides ndarray");

    /** Every module's classes as the build made them; the plug-ins and the TCK are on nobody's class path here. */
    private static final JavaClasses INKLING = new ClassFileImporter()
            .importPaths(Stream.of(
                            "explainer-spi",
                            "explainer-tck",
                            "explainers",
                            "plugins/integrated-gradients",
                            "model",
                            "figures",
                            "trainer",
                            "app")
                    .map(module -> Path.of("..", module, "target", "classes"))
                    .filter(Files::isDirectory)
                    .toList());

    static final List<ArchRule> RULES = List.of(
            onlyUse("dev.inkling.spi..")
                    .because("a plug-in author needs ndarray and nothing else to compile and test an explainer"),
            onlyUse("dev.inkling.explainers..", "dev.inkling.spi..")
                    .because(
                            "an explainer is tested in milliseconds against a closed-form model, with no native library"),
            onlyUse("dev.inkling.plugins..", "dev.inkling.spi..")
                    .because("the first plug-in is the template for other people's"),
            uses("dev.inkling.tck..", "dev.inkling.spi.."),
            uses("dev.inkling.model..", "dev.inkling.spi.."),
            uses("dev.inkling.figures..", "dev.inkling.spi.."),
            uses("dev.inkling.trainer..", "dev.inkling.spi..", "dev.inkling.model.."),
            noClasses()
                    .that()
                    .resideInAPackage("dev.inkling.model.saved..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "dev.inkling.model", "dev.inkling.model.backward..", "dev.inkling.model.incremental..")
                    .because("what is read does not ask who reads it"),
            noClasses()
                    .that()
                    .resideInAPackage("dev.inkling.model.backward..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "dev.inkling.model", "dev.inkling.model.saved..", "dev.inkling.model.incremental..")
                    .because("rules see operations, not whose model they are of"),
            noClasses()
                    .that()
                    .resideInAPackage("dev.inkling.model.incremental..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "dev.inkling.model", "dev.inkling.model.saved..", "dev.inkling.model.backward..")
                    .because("it sees operations, not whose model they are of"),
            noClasses()
                    .that()
                    .resideInAPackage("dev.inkling.model.graph..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "dev.inkling.model",
                            "dev.inkling.model.saved..",
                            "dev.inkling.model.backward..",
                            "dev.inkling.model.incremental..")
                    .because("what others build on knows none of them"),
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.inkling.model..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "dev.inkling.model.graph..",
                            "dev.inkling.model.backward..",
                            "dev.inkling.model.incremental..")
                    .because("other modules ask a model's capabilities"),
            noClasses()
                    .that()
                    .resideInAnyPackage("dev.inkling.figures..", "dev.inkling.tck..", "dev.inkling.app..")
                    .should()
                    // Whoever writes provenance asks for TensorFlow's version.
                    .dependOnClassesThat(TENSORFLOW.and(DescribedPredicate.not(simpleName("TensorFlow"))))
                    .because("tensors live and die in model and trainer"),
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.inkling.app..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("dev.inkling.app..")
                    .because("nobody imports app"),
            noClasses()
                    .that()
                    .resideOutsideOfPackages("dev.inkling.app..", "dev.inkling.trainer..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("com.google.inject..", "jakarta.inject..")
                    .because("Guice wires trainer and app; plug-ins never see the injector"));

    @ParameterizedTest
    @FieldSource("RULES")
    void theArrowsAreTheOnlyOnes(ArchRule rule) {
        rule.allowEmptyShould(true).check(INKLING);
    }

    @Test
    void theModulesWereFound() {
        assertThat(INKLING.stream().map(JavaClass::getPackageName))
                .contains(
                        "dev.inkling.spi",
                        "dev.inkling.tck",
                        "dev.inkling.explainers",
                        "dev.inkling.plugins.integratedgradients",
                        "dev.inkling.model",
                        "dev.inkling.model.saved",
                        "dev.inkling.model.graph",
                        "dev.inkling.model.backward",
                        "dev.inkling.model.incremental",
                        "dev.inkling.figures",
                        "dev.inkling.trainer",
                        "dev.inkling.app");
    }

    /** These classes see the JDK, ndarray, themselves and those others: nothing else whatsoever. */
    private static ArchRule onlyUse(String own, String... others) {
        return classes()
                .that()
                .resideInAPackage(own)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.tensorflow.ndarray..", own)
                        .or(resideInAnyPackage(others)));
    }

    /** Of Inkling's own modules, these classes see no others; libraries are another rule's business. */
    private static ArchRule uses(String own, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(own)
                .should()
                .dependOnClassesThat(resideInAPackage("dev.inkling..")
                        .and(DescribedPredicate.not(resideInAPackage(own)))
                        .and(DescribedPredicate.not(resideInAnyPackage(others))));
    }
}

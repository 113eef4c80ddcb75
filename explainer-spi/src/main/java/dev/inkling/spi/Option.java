package dev.inkling.spi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes one component of an explainer's record of options. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Option {

    /** The default, as a user would type it. */
    String value();

    /** One line of help: what it does, and its unit. */
    String help();

    /** The smallest number allowed; for numbers only. */
    double min() default Double.NEGATIVE_INFINITY;

    /** The largest number allowed; for numbers only. */
    double max() default Double.POSITIVE_INFINITY;
}

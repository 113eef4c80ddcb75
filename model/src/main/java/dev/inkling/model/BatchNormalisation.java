package dev.inkling.model;

/** The one constant that training and export must agree on. */
public final class BatchNormalisation {

    /** Added to the variance before its root is taken. */
    public static final float EPSILON = 1e-3f;

    private BatchNormalisation() {}
}

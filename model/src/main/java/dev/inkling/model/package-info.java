/** The network, its SavedModel, and models at work: everything that sees TensorFlow while explaining. */
package dev.inkling.model;

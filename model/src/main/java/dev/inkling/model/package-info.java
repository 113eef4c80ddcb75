/** The network, its gradients, its SavedModel: everything that sees TensorFlow while explaining. */
package dev.inkling.model;

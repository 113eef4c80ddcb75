/** Operations between two tensors of a graph: which they are, of what kind, and others like them. */
package dev.inkling.model.graph;

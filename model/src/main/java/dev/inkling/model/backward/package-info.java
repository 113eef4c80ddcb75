/** What goes back through a graph from the logits: gradients, and the rules that stand in for them. */
package dev.inkling.model.backward;

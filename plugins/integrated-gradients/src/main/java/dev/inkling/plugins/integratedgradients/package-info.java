/** Integrated gradients as a drop-in jar. */
package dev.inkling.plugins.integratedgradients;

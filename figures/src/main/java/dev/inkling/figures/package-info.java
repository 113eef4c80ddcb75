/** Pictures of attributions. */
package dev.inkling.figures;

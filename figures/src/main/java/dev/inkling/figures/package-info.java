/**
 * Pictures of attributions and of training, on white, with fonts of their own.
 *
 * <p>Everything here is stateless and safe for use by several threads.
 */
package dev.inkling.figures;

/** Data and training. */
package dev.inkling.trainer;

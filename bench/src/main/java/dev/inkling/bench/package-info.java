/** Measurements. */
package dev.inkling.bench;

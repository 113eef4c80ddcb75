/** The built-in attribution methods, one class each. */
package dev.inkling.explainers;

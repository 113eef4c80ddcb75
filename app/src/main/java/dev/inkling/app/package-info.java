/** The commands. */
package dev.inkling.app;

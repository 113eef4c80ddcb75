/** Contract tests that the author of an explainer runs. */
package dev.inkling.tck;

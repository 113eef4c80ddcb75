/** SavedModels as they lie on disk, Inkling's own and others', read into graphs that can be explained. */
package dev.inkling.model.saved;

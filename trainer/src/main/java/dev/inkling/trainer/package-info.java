/**
 * Data and training: {@link dev.inkling.trainer.DataSources} opens labelled images, {@link dev.inkling.trainer.ImageFiles} reads
 * single ones as the model expects them, {@link dev.inkling.trainer.Trainer} trains.
 */
package dev.inkling.trainer;

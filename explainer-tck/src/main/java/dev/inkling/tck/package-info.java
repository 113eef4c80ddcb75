/**
 * Contract tests that the author of an explainer runs, and models in closed form to test its numbers by.
 *
 * <ul>
 *   <li>{@link dev.inkling.tck.ExplainerContractTest}: extend it by a line, and each promise of an explainer is a test;
 *       {@link dev.inkling.tck.ExplainerContract} says more where defaults do not do.
 *   <li>{@link dev.inkling.tck.PluginPackagingTest}: extend it by a line, and the jar as built is tested as the application
 *       loads it.
 *   <li>{@link dev.inkling.tck.LinearModel}, {@link dev.inkling.tck.QuadraticModel},
 *       {@link dev.inkling.tck.ConvolutionModel}, {@link dev.inkling.tck.DenseModel},
 *       {@link dev.inkling.tck.AttentionModel}, {@link dev.inkling.tck.ConstantModel}: small enough to work out by hand;
 *       {@link dev.inkling.tck.PlainModel} for any other, {@link dev.inkling.tck.BlackBox} to hide what a model offers.
 * </ul>
 *
 * <p>Everything is in plain arithmetic: no TensorFlow, no trained model, no file.
 */
package dev.inkling.tck;

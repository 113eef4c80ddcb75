/**
 * What the author of an explainer sees.
 *
 * <p>Axes are (N, H, W, C) throughout, rows first; scores are pre-softmax logits (N, K). Arrays that go into a method are
 * read only during the call, arrays that come out are on the heap and owned by the caller.
 */
package dev.inkling.spi;

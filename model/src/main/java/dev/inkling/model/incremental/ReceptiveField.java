package dev.inkling.model.incremental;

/**
 * Which places of its input an operation sees along one side: place i of its output sees {@code size} of them from i · stride − padding
 * on, as far as they exist.
 *
 * @param inputs places of the input
 * @param outputs places of the output
 */
record ReceptiveField(int size, int stride, int padding, int inputs, int outputs) {

    /** Of an operation without padding. */
    static ReceptiveField valid(int size, int stride, int inputs) {
        return new ReceptiveField(size, stride, 0, inputs, (inputs - size) / stride + 1);
    }

    /** With as many zeros around the input as make ⌈inputs / stride⌉ outputs, the odd one after it. */
    static ReceptiveField same(int size, int stride, int inputs) {
        int outputs = (inputs - 1) / stride + 1;
        int zeros = Math.max(0, (outputs - 1) * stride + size - inputs);
        return new ReceptiveField(size, stride, zeros / 2, inputs, outputs);
    }

    /** Where an output begins to see; below 0 in the padding. */
    int origin(int output) {
        return output * stride - padding;
    }

    /** How many places some outputs see together, side by side. */
    int extent(int some) {
        return (some - 1) * stride + size;
    }

    /** Whether no output sees beyond the input. */
    boolean staysInside() {
        return padding == 0 && extent(outputs) <= inputs;
    }

    /** The first output that sees an input, or one after it. */
    int first(int input) {
        return Math.max(0, -Math.floorDiv(size - 1 - padding - input, stride));
    }

    /** The output after the last that sees inputs before this one. */
    int end(int input) {
        return Math.min(outputs, Math.floorDiv(input - 1 + padding, stride) + 1);
    }
}

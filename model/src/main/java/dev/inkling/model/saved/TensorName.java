package dev.inkling.model.saved;

/** An output of an operation, as graphs refer to it: {@code node} is {@code node:0}. */
record TensorName(String node, int index) {

    static TensorName parse(String text) {
        int colon = text.lastIndexOf(':');
        String index = text.substring(colon + 1);
        boolean number = colon > 0
                && !index.isEmpty()
                && index.length() < 7
                && index.chars().allMatch(Character::isDigit);
        return number ? new TensorName(text.substring(0, colon), Integer.parseInt(index)) : new TensorName(text, 0);
    }

    /** As the input of a node. */
    String asInput() {
        return index == 0 ? node : node + ":" + index;
    }

    /** With its index, also where that is 0. */
    @Override
    public String toString() {
        return node + ":" + index;
    }
}

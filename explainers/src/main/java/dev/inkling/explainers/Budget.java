package dev.inkling.explainers;

import dev.inkling.spi.InvalidInputException;

/** What a number of evaluations must suffice for. */
final class Budget {

    private Budget() {}

    /** The image and its baseline, at least. */
    static void requireTwo(int budget) {
        if (budget < 2) {
            throw new InvalidInputException("budget is %,d, expected at least 2 evaluations per image", budget);
        }
    }

    /** How many an image takes is known when it is cut, and can not be a bound of the option. */
    static void requireAtLeast(int budget, long least, int features, String explainer) {
        if (budget < least) {
            throw new InvalidInputException(
                    "budget is %,d, but an image with %,d segments that differ from their baseline takes %s at least %,d evaluations;"
                            + " raise the budget or choose larger segments",
                    budget, features, explainer, least);
        }
    }
}

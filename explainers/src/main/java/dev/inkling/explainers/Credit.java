package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;

/** How the value of a segment is shown on its pixels. */
public enum Credit {
    /** Its pixels share it equally: the map sums to the sum of the values, as a complete method's should. */
    SHARED(true),
    /** Each of its pixels shows all of it: what one segment is worth can be read off anywhere in it. */
    WHOLE(false);

    private final Attribution.Contract contract;

    Credit(boolean complete) {
        this.contract = new Attribution.Contract(Sign.SIGNED, complete, "logits");
    }

    Attribution.Contract contract() {
        return contract;
    }
}

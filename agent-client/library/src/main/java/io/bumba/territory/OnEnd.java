package io.bumba.territory;

/** What becomes of the territories inside one that ends. */
public enum OnEnd {
    /** They end with it, at the same zxid. */
    END,
    /** They pass on to the territory around it, or stand alone. */
    PASS_ON
}

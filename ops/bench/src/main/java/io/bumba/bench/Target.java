package io.bumba.bench;

import java.util.Locale;

/**
 * What a ratio should be, by the design.
 *
 * @param atMost whether less is better
 * @param limit the ratio that still reaches it
 */
record Target(boolean atMost, double limit) {
    static final Target FRESH = new Target(true, 0.5);
    static final Target KNOWN = new Target(true, 1.1);
    static final Target OVER_BARE = new Target(true, 1.6);
    static final Target HAND_OVER = new Target(false, 1.0);

    boolean isReachedBy(double ratio) {
        return atMost ? ratio <= limit : ratio >= limit;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %.2f", atMost ? "<=" : ">=", limit);
    }
}

package io.bumba.chaos;

import java.util.SplittableRandom;

/** Independent random numbers for everybody who takes part, all from one seed. */
final class Seeds {
    private Seeds() {}

    /** @param who the name of who draws them; {@link String#hashCode} is the same on every machine */
    static SplittableRandom of(long seed, String who) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + who.hashCode());
    }
}

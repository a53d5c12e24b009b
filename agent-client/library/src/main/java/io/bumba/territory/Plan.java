package io.bumba.territory;

import io.bumba.lock.Occupant;
import io.bumba.path.PathPatterns;

/**
 * A change of the territories in two steps, so that it and the locks cannot miss each other: first it stands as {@link
 * Pending}, so that nobody new locks in its area; when nobody is left there who may not be, it is made good.
 */
interface Plan {
    /** What became of the first step. */
    sealed interface First {
        /** It is pending. */
        record Placed() implements First {}

        /** It is done: nobody had to be waited for. */
        record Done(long zxid) implements First {}

        /**
         * Nothing was written.
         *
         * @param version of the ledger that says so
         */
        record Stopped(Hindrance by, int version) implements First {}
    }

    /** The id of the territory. */
    String territory();

    /** Where nobody may be left. */
    PathPatterns area();

    /** Whether somebody who stands in the line of a file of the area is in the way. */
    boolean hinders(Occupant occupant);

    Step<First> first(Atlas atlas, int version);

    /** The answer is empty when the first step has been taken back meanwhile. */
    Step<java.util.Optional<Step.Done>> second(Atlas atlas, int version);
}

package io.bumba.territory;

import io.bumba.lock.Occupant;
import java.util.List;

/** Why a change of the territories does not happen now. */
sealed interface Hindrance {
    /** Territories of others, at some version. */
    record Blocked(List<Atlas.Overlap> by, int version) implements Hindrance {}

    /** A territory between its two steps, which takes a bounded time. */
    record Unsettled(Territory by) implements Hindrance {}

    /** Locks of others, or waiters in their lines. */
    record Occupied(List<Occupant> by) implements Hindrance {}

    /** Somebody who asked earlier, whom nothing hinders. */
    record Behind(RequestRecord request, String node) implements Hindrance {}

    /** A rule. */
    record Rule(String name, String why) implements Hindrance {}

    /** The territory, or the right to change it, is gone. */
    record Gone(String why) implements Hindrance {}

    /** Whoever asked no longer wants it. */
    record Unwanted() implements Hindrance {}
}

package io.bumba.chaos;

/**
 * Something that must not be.
 *
 * @param rule which rule was broken
 * @param what by whom, where and when
 */
record Finding(Rule rule, String what) {
    /** What can be broken. */
    enum Rule {
        /** Conflicting holds overlap in time, by what {@code isValid()} said. */
        OVERLAP,
        /** A later conflicting hold has no larger token. */
        TOKEN_ORDER,
        /** Two exclusive holds share a token. */
        TOKEN_REUSED,
        /** A grant's token is not that of a contender of its agent. */
        TOKEN_FOREIGN,
        /** A grant whose contender never was the first in line. */
        NEVER_HELD,
        /** A waiter went from the queue into the line before one that stood before it. */
        QUEUE_ORDER,
        /** A newcomer was granted what a waiter of its priority or higher had waited for already. */
        NEWCOMER_PASSED,
        /** One request stands twice at one moment. */
        TWO_PLACES,
        /** A request was not answered, or long after its time. */
        UNANSWERED,
        /** A worker did not come to its end. */
        STUCK,
        /** Nodes, watches, threads or files remain. */
        LEFT_OVER,
        /** A file cannot be locked though nobody holds it. */
        NOT_FREE,
        /** A holder was not told of a break. */
        UNTOLD,
        /** The non-atomic counter lost a step. */
        COUNTER,
        /** Territories that exclude each other have a path in common. */
        TERRITORIES_OVERLAP,
        /** Somebody stands in the line of a file that a territory keeps it from. */
        LOCK_INSIDE,
        /** A territory is not all of what was asked for: its claims, its owner or its patterns are others. */
        HALF_GRANTED,
        /** A request was granted that no territory in the servers' logs is for. */
        NEVER_ACTIVE,
        /** A request was refused for what was not in its way at any moment of its call. */
        REFUSED_FOR_NOTHING
    }

    @Override
    public String toString() {
        return rule + ": " + what;
    }
}

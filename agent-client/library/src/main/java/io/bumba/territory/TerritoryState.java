package io.bumba.territory;

/** Where a territory is in its life. */
public enum TerritoryState {
    /** Being allocated: gives no rights; whoever meets it waits, for a bounded time. */
    PENDING,
    ACTIVE,
    /** Its owner's session has ended, and its area is kept for it for the grace it asked for. */
    ORPHANED
}

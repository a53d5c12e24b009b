package io.bumba.territory;

import io.bumba.lock.LockMode;

/** What a territory lets others do. */
public enum TerritoryType {
    /** Only the owner and those whom it admitted lock inside. */
    EXCLUSIVE,
    /** Everybody reads; nobody writes, the owner neither. */
    SHARED,
    /** Everybody locks as usual, and every access is recorded. */
    MONITORED;

    /** Whether territories of both types may overlap. */
    boolean toleratesBeside(TerritoryType other) {
        return this != EXCLUSIVE && other != EXCLUSIVE;
    }

    /** Whether an agent may lock inside. */
    boolean allows(LockMode mode, boolean admitted) {
        return switch (this) {
            case EXCLUSIVE -> admitted;
            case SHARED -> mode == LockMode.SHARED;
            case MONITORED -> true;
        };
    }
}

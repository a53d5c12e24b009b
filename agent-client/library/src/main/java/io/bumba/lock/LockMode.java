package io.bumba.lock;

/** How a file is held. */
public enum LockMode {
    /** One holder. */
    EXCLUSIVE,
    /** Any number of holders, and no exclusive one. */
    SHARED
}

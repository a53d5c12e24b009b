package io.bumba.lock;

/** What giving a lock back came to. */
public enum ReleaseResult {
    /** The last count was given back and the contender is known to be gone. */
    RELEASED,
    /** One count of several was given back; the agent still holds the file. */
    STILL_HELD,
    /** This grant was given back before; nothing was done. */
    ALREADY_RELEASED,
    /** The lock had ended before it was given back: what was done under it is not protected. */
    LOST
}

package io.bumba.lock;

/** A grant that knows whether it has ended. */
interface OpenGrant extends LockGrant {
    /** Whether it has not ended, by whatever. */
    boolean isOpen();
}

package io.bumba.lock;

/**
 * Thrown by {@link LockResult#orElseThrow()}, for callers that cannot go on without the lock; and what {@link
 * LockGrant#downgrade} fails with when a territory forbids it.
 */
public final class LockRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient LockResult result;

    LockRefusedException(LockResult result) {
        super(result.message());
        this.result = result;
    }

    public LockResult result() {
        return result;
    }
}

package io.bumba.zk;

/** The session has ended; completes the futures of whoever still asked it something. */
public final class SessionOverException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SessionOverException() {
        super("the ZooKeeper session has ended", null, false, false);
    }
}

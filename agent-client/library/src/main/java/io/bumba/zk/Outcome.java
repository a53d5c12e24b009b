package io.bumba.zk;

import java.util.List;

/** What became of a transaction. Nothing here is an exception: each is to be expected. */
public sealed interface Outcome {
    /**
     * All of it happened, at one zxid.
     *
     * @param zxid the zxid of the transaction when it set data somewhere, else 0
     * @param created the final names of what it created, in order
     */
    record Committed(long zxid, List<String> created) implements Outcome {}

    /**
     * None of it happened: the first operation that could not.
     *
     * @param index of the operation
     */
    record Refused(int index, Reason reason) implements Outcome {}

    /** The reply was lost: it happened, or will, or never. {@link Session#barrier()} and a look tell. */
    record Unknown() implements Outcome {}

    /** The session has ended: whatever it made that is ephemeral is gone. */
    record Over() implements Outcome {}

    /** Why an operation could not. */
    enum Reason {
        BAD_VERSION,
        NO_NODE,
        NODE_EXISTS,
        NOT_EMPTY,
        NO_AUTH,
        OTHER
    }
}

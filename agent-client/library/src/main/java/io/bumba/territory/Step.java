package io.bumba.territory;

import io.bumba.zk.Transaction;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** What follows from one version of the ledger: an answer, or a transaction that stands and falls with that version. */
sealed interface Step<R> {
    /** Nothing is to be written. */
    record Answer<R>(R value) implements Step<R> {}

    /**
     * A transaction over the ledger.
     *
     * @param edits what it does to territories
     * @param more what else happens in it, after that
     * @param done the answer when it has happened
     * @param refused the answer when something other than the ledger's version kept it from happening
     */
    record Amend<R>(List<Edit> edits, Consumer<Transaction> more, Function<Done, R> done, Function<Refusal, R> refused)
            implements Step<R> {}

    /**
     * The transaction happened.
     *
     * @param zxid at which; 0 when the reply was lost
     */
    record Done(long zxid) {}

    /** Why a transaction cannot happen. */
    enum Refusal {
        /** The owner's znode is gone: it has lost the territory. */
        OWNER_GONE,
        /** The owner's znode stands: it is no orphan. */
        OWNER_STANDS,
        /** Something of {@link Amend#more} could not be done. */
        MORE
    }
}

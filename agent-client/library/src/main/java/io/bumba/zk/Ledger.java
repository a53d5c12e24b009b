package io.bumba.zk;

import io.bumba.BumbaException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The version of the ledger of territories that this process has looked at. Every creation of a lock checks it, so a
 * lock and a territory cannot miss each other (P8). This version knows no territories: where there are some it grants
 * nothing. Thread-safe.
 */
public final class Ledger {
    /**
     * The data of the ledger's node.
     *
     * @param changes the last changes; empty while there never was a territory
     */
    record Page(List<Object> changes) {}

    static final Page EMPTY = new Page(List.of());

    private static final int NOT_READ = -1;

    private final String path;
    private volatile int version = NOT_READ;

    public Ledger(Layout layout) {
        this.path = layout.territories();
    }

    public String path() {
        return path;
    }

    /** The version looked at last, reading it at first. */
    public CompletableFuture<Integer> version(Session session) {
        int known = version;
        return known == NOT_READ ? refresh(session) : CompletableFuture.completedFuture(known);
    }

    /** Looks again: a transaction was refused for the version. */
    public CompletableFuture<Integer> refresh(Session session) {
        return session.read(path).thenApply(found -> {
            Node node = found.orElseThrow(
                    () -> new BumbaException(BumbaException.Code.PROTOCOL, path + " has gone; connect anew"));
            Decoded<Page> page = Codec.decode(node.data(), Page.class);
            if (!page.value()
                            .map(p -> p.changes() == null || p.changes().isEmpty())
                            .orElse(false)
                    || node.children() > 0) {
                throw new BumbaException(
                        BumbaException.Code.UNSUPPORTED,
                        "there are territories in " + path + ", which this version does not know; use a later version");
            }
            version = node.version();
            return node.version();
        });
    }
}

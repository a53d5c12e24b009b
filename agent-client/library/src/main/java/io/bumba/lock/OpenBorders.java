package io.bumba.lock;

import io.bumba.path.RepoPath;
import io.bumba.zk.Ledger;
import io.bumba.zk.Session;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The borders of a version that knows no territories: open as long as there are none. Where there are some, every question
 * fails with {@link io.bumba.BumbaException} UNSUPPORTED. Thread-safe.
 */
public final class OpenBorders implements Borders {
    private final Ledger ledger;

    public OpenBorders(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public String ledger() {
        return ledger.path();
    }

    @Override
    public CompletableFuture<Passage> passage(Session session, String agent, RepoPath path, LockMode mode) {
        return ledger.version(session).thenApply(version -> new Passage.Open(version, List.of()));
    }

    @Override
    public CompletableFuture<Void> refresh(Session session) {
        return ledger.refresh(session).thenAccept(version -> {});
    }

    @Override
    public CompletableFuture<List<Obstacle>> obstacles(Session session, String request) {
        return CompletableFuture.completedFuture(List.of());
    }
}

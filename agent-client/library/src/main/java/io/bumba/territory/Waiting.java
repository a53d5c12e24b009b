package io.bumba.territory;

import io.bumba.lock.DeadlockLink;
import io.bumba.lock.TerritoryWait;
import io.bumba.zk.Async;
import io.bumba.zk.Cluster;
import io.bumba.zk.EphemeralBudget;
import io.bumba.zk.Outcome;
import io.bumba.zk.Session;
import io.bumba.zk.SessionOverException;
import io.bumba.zk.Transaction;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What others see of a request that waits for a territory: through it they find the deadlocks that it is in, and by it they
 * tell it that it is to give up. One step at a time.
 */
final class Waiting {
    private static final int MAX_ATTEMPTS = 20;

    private final Ground ground;
    private final Session session;
    private final String agent;
    private final String what;
    private final Consumer<List<DeadlockLink>> marked;

    private @Nullable String declaredFor;
    private @Nullable String node;
    private EphemeralBudget.@Nullable Share bytes;
    private Session.@Nullable Guard guard;

    /**
     * @param what is waited for, in words
     * @param marked told when this wait is to end so that the others of a circle can go on
     */
    Waiting(Ground ground, Session session, String agent, String what, Consumer<List<DeadlockLink>> marked) {
        this.ground = ground;
        this.session = session;
        this.agent = agent;
        this.what = what;
        this.marked = marked;
    }

    /** @param place the znode of the request's place; another one than before makes another wait */
    CompletableFuture<Void> declare(String place) {
        if (place.equals(declaredFor)) {
            return CompletableFuture.completedFuture(null);
        }
        return end().thenCompose(gone -> {
            String parent = ground.shop().layout().waits(agent);
            String path = parent + "/" + UUID.randomUUID();
            bytes = session.budget().take(path);
            node = path;
            byte[] data = TerritoryWait.encode(what, ground.shop().time().instant(), place);
            return create(parent, path, data, MAX_ATTEMPTS).thenAccept(made -> {
                declaredFor = place;
                Session.Guard watch = session.guard(path, () -> look(path), () -> {});
                guard = watch;
                watch.watchNow();
            });
        });
    }

    private CompletableFuture<Void> create(String parent, String path, byte[] data, int attempts) {
        return ground.shop()
                .containers()
                .missing(session, List.of(parent))
                .thenCompose(missing -> {
                    Transaction tx = session.transaction();
                    missing.forEach(tx::container);
                    return session.commit(tx.ephemeral(path, data));
                })
                .thenCompose(outcome -> {
                    if (outcome instanceof Outcome.Committed) {
                        ground.shop().containers().remember(List.of(parent));
                        return CompletableFuture.completedFuture(null);
                    }
                    if (outcome instanceof Outcome.Over) {
                        return CompletableFuture.failedFuture(new SessionOverException());
                    }
                    if (outcome instanceof Outcome.Refused refused
                            && (refused.reason() == Outcome.Reason.NO_AUTH || attempts == 0)) {
                        return CompletableFuture.failedFuture(
                                Session.refused("wait for a territory", refused.reason()));
                    }
                    ground.shop().containers().forget(List.of(parent));
                    return session.barrier()
                            .thenCompose(sure -> session.read(path))
                            .thenCompose(there -> there.isPresent()
                                    ? CompletableFuture.completedFuture(null)
                                    : create(parent, path, data, attempts - 1));
                });
    }

    private void look(String path) {
        Async.then(session.read(path), there -> there.flatMap(read -> TerritoryWait.deadlock(read.data()))
                .ifPresent(marked));
    }

    /** Waits no longer; completes when nothing is left. */
    CompletableFuture<Void> end() {
        String path = node;
        EphemeralBudget.Share share = bytes;
        if (path == null || share == null) {
            return CompletableFuture.completedFuture(null);
        }
        if (guard != null) {
            guard.drop();
        }
        node = null;
        declaredFor = null;
        return Cluster.once(session, s -> s.transaction().delete(path)).thenAccept(gone -> share.giveBack());
    }
}

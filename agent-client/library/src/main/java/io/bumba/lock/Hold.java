package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.event.Event;
import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import io.bumba.zk.EphemeralBudget;
import io.bumba.zk.Outcome;
import io.bumba.zk.Session;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One file held by one agent, counted.
 *
 * <pre>
 *   HELD --last count given back--> RELEASING --node known to be gone--> RELEASED
 *    |                                  |
 *    `--- session over, or the node ----'--> LOST
 *         deleted by somebody else
 * </pre>
 *
 * The contender is deleted by a transaction of the session that made it, repeated until its outcome is known. Its first
 * outcome tells whether the lock was still held when it was given back.
 */
final class Hold {
    private enum State {
        HELD,
        RELEASING,
        RELEASED,
        LOST
    }

    private final Workshop shop;
    private final Session session;
    private final String agent;
    private final RepoPath path;
    private final LockMode mode;
    private final FencingToken token;
    private final String node;
    private final EphemeralBudget.Share bytes;
    private final Session.Guard guard;

    private final Object lock = new Object();
    private State state = State.HELD;
    private int count;
    private String whyLost = "";
    private final List<Runnable> callbacks = new ArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    Hold(
            Workshop shop,
            Session session,
            String agent,
            RepoPath path,
            LockMode mode,
            FencingToken token,
            String node,
            EphemeralBudget.Share bytes) {
        this.shop = shop;
        this.session = session;
        this.agent = agent;
        this.path = path;
        this.mode = mode;
        this.token = token;
        this.node = node;
        this.bytes = bytes;
        this.guard = session.guard(node, () -> lose("its znode was deleted by somebody else"));
        session.onOver(this, () -> lose("the ZooKeeper session ended"));
    }

    RepoPath path() {
        return path;
    }

    LockMode mode() {
        return mode;
    }

    FencingToken token() {
        return token;
    }

    /** The contender's znode. */
    String node() {
        return node;
    }

    /** Completes when the hold has ended, by release or loss. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    boolean isValid() {
        synchronized (lock) {
            return state == State.HELD && session.isLive();
        }
    }

    boolean isHeld() {
        synchronized (lock) {
            return state == State.HELD;
        }
    }

    /**
     * One more count, or null when it is not held now.
     *
     * @param evenSuspended whether to count though the session is not verified now; for the first count only
     */
    @Nullable
    CountedGrant count(boolean evenSuspended) {
        synchronized (lock) {
            if (evenSuspended ? state != State.HELD : !isValid()) {
                return null;
            }
            count++;
            shop.events()
                    .publish(new Event.LockGranted(
                            shop.time().instant(), agent, path, mode.name(), token.zxid(), count));
            return new CountedGrant(this, shop.operationTimeout());
        }
    }

    CompletableFuture<Boolean> verify() {
        return session.commit(session.transaction().exists(node))
                .thenApply(outcome -> outcome instanceof Outcome.Committed && isHeld());
    }

    void onLost(Executor executor, Runnable callback) {
        synchronized (lock) {
            if (state == State.HELD || state == State.RELEASING) {
                callbacks.add(() -> executor.execute(callback));
                return;
            }
            if (state == State.RELEASED) {
                return;
            }
        }
        executor.execute(callback);
    }

    /** Gives one count back. Fails with RELEASE_UNCONFIRMED only through the caller's own time-out. */
    CompletableFuture<ReleaseResult> giveBack() {
        synchronized (lock) {
            if (state == State.LOST) {
                return CompletableFuture.completedFuture(ReleaseResult.LOST);
            }
            if (--count > 0) {
                return CompletableFuture.completedFuture(ReleaseResult.STILL_HELD);
            }
            state = State.RELEASING;
        }
        shop.events().publish(new Event.LockReleasing(shop.time().instant(), agent, path, token.zxid()));
        guard.drop();
        return delete(true)
                .whenComplete((wasThere, failure) -> {
                    if (failure != null) {
                        lose("its release was refused");
                    }
                })
                .thenApply(wasThere -> {
                    if (!wasThere) {
                        lose("its znode was deleted by somebody else");
                        return ReleaseResult.LOST;
                    }
                    synchronized (lock) {
                        if (state == State.LOST) {
                            return ReleaseResult.LOST;
                        }
                        state = State.RELEASED;
                        callbacks.clear();
                    }
                    end();
                    shop.events().publish(new Event.LockReleased(shop.time().instant(), agent, path, token.zxid()));
                    return ReleaseResult.RELEASED;
                });
    }

    /** The lock has ended though nobody gave it back. */
    void lose(String why) {
        List<Runnable> told;
        synchronized (lock) {
            if (state == State.RELEASED || state == State.LOST) {
                return;
            }
            state = State.LOST;
            whyLost = why;
            told = List.copyOf(callbacks);
            callbacks.clear();
        }
        shop.events().publish(new Event.LockLost(shop.time().instant(), agent, path, token.zxid(), why));
        end();
        told.forEach(Async::guarded);
    }

    BumbaException lost() {
        synchronized (lock) {
            return new BumbaException(
                    BumbaException.Code.LOCK_LOST,
                    "the lock on " + path + " (token " + token + ") ended before it was given back: " + whyLost
                            + "; what was done since is not protected: check the file, then lock it anew");
        }
    }

    /**
     * Whether the node was there when it was deleted. The deletion leaves our contender's name in the parent: when the reply
     * was lost and the node is gone, that is the evidence that it was us. Without it (a later contender overwrites it) the
     * answer is no.
     */
    private CompletableFuture<Boolean> delete(boolean first) {
        String parent = node.substring(0, node.lastIndexOf('/'));
        byte[] evidence = node.substring(parent.length() + 1).getBytes(StandardCharsets.UTF_8);
        return session.commit(session.transaction().delete(node).set(parent, evidence))
                .thenCompose(outcome -> {
                    if (outcome instanceof Outcome.Committed) {
                        return CompletableFuture.completedFuture(true);
                    }
                    if (outcome instanceof Outcome.Refused refused) {
                        if (refused.reason() != Outcome.Reason.NO_NODE) {
                            return CompletableFuture.failedFuture(Session.refused("release " + path, refused.reason()));
                        }
                        return first
                                ? CompletableFuture.completedFuture(false)
                                : session.read(parent)
                                        .thenApply(seen -> seen.map(n -> Arrays.equals(n.data(), evidence))
                                                .orElse(false));
                    }
                    if (outcome instanceof Outcome.Over) {
                        return CompletableFuture.completedFuture(false);
                    }
                    return session.whenLive()
                            .thenCompose(live -> delete(false))
                            .exceptionallyCompose(over -> session.isOver()
                                    ? CompletableFuture.completedFuture(false)
                                    : CompletableFuture.failedFuture(over));
                });
    }

    private void end() {
        guard.drop();
        session.forget(this);
        bytes.giveBack();
        ended.complete(null);
    }
}

package io.bumba.lock;

import io.bumba.zk.Async;
import io.bumba.zk.Session;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hears that a request's wait was marked to break a deadlock. Thread-safe. */
final class VictimEar {
    private final Session session;
    private final Consumer<List<DeadlockLink>> marked;

    private @Nullable WaitNode wait;
    private Session.@Nullable Guard guard;
    private boolean closed;

    /** @param marked told on the event thread, perhaps more than once */
    VictimEar(Session session, Consumer<List<DeadlockLink>> marked) {
        this.session = session;
        this.marked = marked;
    }

    /** Listens from now on; does nothing if it does already. */
    synchronized void open(@Nullable WaitNode stands) {
        if (guard == null && stands != null && !closed) {
            wait = stands;
            guard = session.guard(stands.path(), this::look, () -> {});
        }
    }

    /** Of a mark by others at once, not when the wait is no longer young: a circle holds up all who are in it. */
    void hearAtOnce() {
        Session.Guard standing;
        synchronized (this) {
            standing = closed ? null : guard;
        }
        if (standing != null) {
            standing.watchNow();
        }
    }

    /** Looks now. */
    void look() {
        WaitNode stands;
        synchronized (this) {
            stands = wait;
        }
        if (stands != null) {
            Async.then(session.read(stands.path()), node -> node.flatMap(n -> WaitData.deadlock(n.data()))
                    .ifPresent(marked));
        }
    }

    synchronized void close() {
        closed = true;
        if (guard != null) {
            guard.drop();
        }
    }
}

package io.bumba.territory;

import io.bumba.zk.Async;
import io.bumba.zk.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The waiting of one request, which no thread does. First {@link #arm} watches, then look again, then {@link #await}: so no
 * change is missed. One step at a time; {@link #stop} may come from anywhere.
 */
final class Patience {
    private final Session session;
    private final ScheduledExecutorService clock;

    private final Object lock = new Object();
    private final List<Session.Watch> watches = new ArrayList<>();
    private Set<String> armed = Set.of();
    private CompletableFuture<Void> woken = new CompletableFuture<>();
    private boolean stopped;

    Patience(Session session, ScheduledExecutorService clock) {
        this.session = session;
        this.clock = clock;
    }

    boolean isStopped() {
        synchronized (lock) {
            return stopped;
        }
    }

    /** Whoever waits is woken, and nobody waits any more. */
    void stop() {
        CompletableFuture<Void> now;
        synchronized (lock) {
            stopped = true;
            now = woken;
        }
        now.complete(null);
    }

    /** Whether these nodes are watched and nothing has happened since. */
    boolean isArmedFor(Set<String> nodes) {
        synchronized (lock) {
            return armed.equals(nodes) && !woken.isDone();
        }
    }

    /** Watches these nodes and no others. */
    CompletableFuture<Void> arm(Set<String> nodes) {
        disarm();
        CompletableFuture<Void> now;
        synchronized (lock) {
            armed = Set.copyOf(nodes);
            woken = new CompletableFuture<>();
            now = woken;
        }
        CompletableFuture<?>[] set = nodes.stream()
                .map(node -> session.watch(node, () -> now.complete(null))
                        .thenAccept(watch -> watch.ifPresentOrElse(w -> keep(w, now), () -> now.complete(null))))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(set);
    }

    private void keep(Session.Watch watch, CompletableFuture<Void> of) {
        synchronized (lock) {
            if (woken == of) {
                watches.add(watch);
                return;
            }
        }
        watch.cancel();
    }

    /** Takes the watches back. */
    void disarm() {
        List<Session.Watch> old;
        synchronized (lock) {
            old = List.copyOf(watches);
            watches.clear();
            armed = Set.of();
        }
        old.forEach(Session.Watch::cancel);
    }

    /** Completes when one of the watched nodes has changed or gone, or is stopped, or the time is over; null for no limit. */
    CompletableFuture<Void> await(@Nullable Duration atMost) {
        CompletableFuture<Void> now;
        synchronized (lock) {
            now = woken;
            if (stopped) {
                return CompletableFuture.completedFuture(null);
            }
        }
        if (atMost != null) {
            Future<?> timer =
                    clock.schedule(() -> now.complete(null), Math.max(0, atMost.toNanos()), TimeUnit.NANOSECONDS);
            Async.then(now, done -> timer.cancel(false));
        }
        session.onOver(now, () -> now.complete(null));
        return now.whenComplete((done, failure) -> session.forget(now));
    }
}

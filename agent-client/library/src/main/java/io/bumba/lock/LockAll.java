package io.bumba.lock;

import io.bumba.path.PathSet;
import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One request for several files, taken one after the other. Thread-safe. */
final class LockAll {
    private final Desks desks;
    private final List<RepoPath> paths;
    private final LockOptions options;
    private final boolean patient;
    private final long deadline;
    private final Workshop shop;
    private final CompletableFuture<LockAllResult> result = new CompletableFuture<>();

    private final Object lock = new Object();
    private final List<LockGrant> taken = new ArrayList<>();
    /** Those that gave what was taken; others may have the same grant by the same request id. */
    private final List<Request> answered = new ArrayList<>();

    private @Nullable Request current;
    private boolean abandoned;

    LockAll(Desks desks, PathSet paths, LockOptions options, Duration patience, Workshop shop) {
        this.desks = desks;
        this.paths = paths.paths();
        this.options = options;
        this.patient = !patience.isZero();
        this.shop = shop;
        this.deadline = shop.nanos().getAsLong() + patience.toNanos();
    }

    CompletableFuture<LockAllResult> result() {
        return result;
    }

    void start() {
        next();
    }

    /** Nobody wants the answer any more: what was taken is given back. */
    void abandon() {
        Request waiting;
        synchronized (lock) {
            if (abandoned) {
                return;
            }
            abandoned = true;
            waiting = current;
        }
        if (waiting != null) {
            waiting.abandon();
        }
        Async.then(giveBack(), gone -> {});
        result.cancel(false);
    }

    /** Takes one file after the other; a loop while they are granted at once, so that a thousand need no deep stack. */
    private void next() {
        while (true) {
            RepoPath path;
            synchronized (lock) {
                if (abandoned) {
                    return;
                }
                if (taken.size() == paths.size()) {
                    break;
                }
                path = paths.get(taken.size());
            }
            // With no lock held: asking may run what others wait for.
            Request asked;
            try {
                asked = desks.ask(path, options.waiting(left()));
            } catch (IllegalArgumentException misuse) {
                fail(misuse);
                return;
            }
            synchronized (lock) {
                if (!abandoned) {
                    current = asked;
                }
            }
            if (isAbandoned()) {
                asked.abandon();
                return;
            }
            if (!asked.result().isDone()) {
                Async.then(
                        asked.result(),
                        answer -> {
                            if (granted(answer)) {
                                next();
                            }
                        },
                        this::fail);
                return;
            }
            if (asked.result().isCompletedExceptionally()) {
                Async.then(asked.result(), answer -> {}, this::fail);
                return;
            }
            if (!granted(asked.result().join())) {
                return;
            }
        }
        result.complete(new LockAllResult.Granted(new GrantSet(taken, shop.operationTimeout())));
    }

    private boolean isAbandoned() {
        synchronized (lock) {
            return abandoned;
        }
    }

    /** Whether to go on. */
    private boolean granted(LockResult answer) {
        synchronized (lock) {
            if (!abandoned && answer.grant().isPresent()) {
                taken.add(answer.grant().get());
                answered.add(Objects.requireNonNull(current));
                current = null;
                return true;
            }
        }
        if (answer.grant().isEmpty()) {
            Async.then(giveBack(), gone -> result.complete(new LockAllResult.Refused(answer)));
        }
        return false;
    }

    private void fail(Throwable failure) {
        Async.then(giveBack(), gone -> result.completeExceptionally(failure));
    }

    /** Completes when what was taken is gone; or soon, when the servers do not confirm it: it goes on then. */
    private CompletableFuture<Void> giveBack() {
        List<Request> held;
        synchronized (lock) {
            held = new ArrayList<>(answered);
            answered.clear();
        }
        Collections.reverse(held);
        CompletableFuture<?>[] releases = held.stream()
                .map(request -> request.giveUp().handle((released, failure) -> null))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(releases)
                .completeOnTimeout(null, Acquisition.GRACE.toNanos(), TimeUnit.NANOSECONDS);
    }

    private Duration left() {
        return patient ? Duration.ofNanos(Math.max(1, deadline - shop.nanos().getAsLong())) : Duration.ZERO;
    }
}

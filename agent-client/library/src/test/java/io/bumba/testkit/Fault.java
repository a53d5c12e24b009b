package io.bumba.testkit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/** One fault of a {@link TcpProxy} that was asked for: it strikes once. Thread-safe. */
public final class Fault {
    enum Kind {
        LOSE_REQUEST,
        LOSE_REPLY,
        BEFORE_REQUEST,
        BEFORE_REPLY
    }

    /**
     * What it struck.
     *
     * @param request the request
     * @param zxid the zxid in the server's reply; 0 when the fault strikes before the reply
     * @param error the error code in the server's reply, 0 for success; 0 when the fault strikes before the reply
     */
    public record Struck(TcpProxy.Request request, long zxid, int error) {}

    private final Kind kind;
    private final Predicate<TcpProxy.Request> which;
    private final Runnable hook;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final CompletableFuture<Struck> done = new CompletableFuture<>();

    Fault(Kind kind, Predicate<TcpProxy.Request> which, Runnable hook) {
        this.kind = kind;
        this.which = which;
        this.hook = hook;
    }

    /** Whether it has struck, its hook included. */
    public boolean hasStruck() {
        return done.isDone();
    }

    /**
     * Waits until it has struck.
     *
     * @throws IllegalStateException when it has not in time, or when its hook has thrown
     */
    public Struck await(Duration atMost) {
        try {
            return done.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("fault " + kind + " met no such request within " + atMost, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the hook of fault " + kind + " failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for fault " + kind, e);
        }
    }

    /** Whether it strikes this request; true for one request only. */
    boolean claim(TcpProxy.Request request) {
        return which.test(request) && claimed.compareAndSet(false, true);
    }

    boolean waitsForReply() {
        return kind == Kind.LOSE_REPLY || kind == Kind.BEFORE_REPLY;
    }

    /** Strikes; returns whether the frame may pass. A hook that throws loses the frame and its connection. */
    boolean strike(Struck struck) {
        try {
            hook.run();
        } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
            return false;
        }
        done.complete(struck);
        return kind == Kind.BEFORE_REQUEST || kind == Kind.BEFORE_REPLY;
    }
}

package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.path.PathPatterns;
import io.bumba.path.PathSet;
import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import io.bumba.zk.WorkspaceSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Acquires file locks for one agent. The agent is one unit: every thread of it shares what it holds, counted, and of its
 * requests for one file one at a time is in the line. Thread-safe.
 */
public final class FileLocks {
    /** The most files that {@link #lockAll} takes at once. */
    public static final int MAX_LOCKS_AT_ONCE = 1_000;

    private final Workshop shop;
    private final Desks desks;
    private final Duration defaultPatience;

    public FileLocks(Workshop shop, Agent agent, WorkspaceSettings settings) {
        this.shop = shop;
        this.desks = new Desks(shop, agent, settings);
        this.defaultPatience = settings.fileLockTimeout();
        agent.own(desks);
    }

    /**
     * Acquires, waiting as the options say.
     *
     * @throws InterruptedException when interrupted while waiting; nothing is left behind
     * @throws BumbaException when the servers do not answer, or a limit is passed
     * @throws IllegalArgumentException when the request id was used for another kind of request
     */
    public LockResult acquire(RepoPath path, LockOptions options) throws InterruptedException {
        Request request = desks.ask(path, options);
        return await(request.result(), request::abandon, path.toString());
    }

    /**
     * {@link #acquire} without a thread that waits. The future completes on the connection's callback threads; cancelling
     * it leaves nothing behind.
     */
    public CompletableFuture<LockResult> acquireAsync(RepoPath path, LockOptions options) {
        Request request = desks.ask(path, options);
        return deliver(request.result(), request::abandon);
    }

    /**
     * Acquires all the files or none, one after the other in canonical order, so that two of these never wait for each
     * other. The patience of the options is for all together; their request id, if any, is each file's.
     *
     * @throws InterruptedException when interrupted while waiting; nothing is left behind
     * @throws BumbaException LIMIT for more than {@link #MAX_LOCKS_AT_ONCE} files; or when the servers do not answer
     */
    public LockAllResult lockAll(PathSet paths, LockOptions options) throws InterruptedException {
        LockAll all = startAll(paths, options);
        return await(all.result(), all::abandon, paths.size() + " files");
    }

    /** {@link #lockAll} without a thread that waits; cancelling leaves nothing behind. */
    public CompletableFuture<LockAllResult> lockAllAsync(PathSet paths, LockOptions options) {
        LockAll all = startAll(paths, options);
        return deliver(all.result(), all::abandon);
    }

    /**
     * Grants the agent's locks inside a territory of its own from memory, from now on; for the territory package.
     *
     * @param ownerNode the owner's ephemeral
     * @param rebase makes a transaction over the ledger that checks the ownership, and answers its zxid
     */
    public LocalArea openLocal(String ownerNode, PathPatterns patterns, Supplier<CompletableFuture<Long>> rebase) {
        return desks.open(ownerNode, patterns, rebase);
    }

    /** Whether the agent waits for a file. */
    public boolean isWaiting() {
        return desks.isWaiting();
    }

    /** What the agent holds now. */
    public List<RepoPath> held() {
        return desks.held();
    }

    /**
     * Names what besides files may close a circle through the agent: while either is true, every wait for a file searches
     * for deadlocks. Both must not block, and are called on inner threads.
     *
     * @param owns whether the agent owns a territory
     * @param waits whether it waits for one; then every grant of a file searches, too
     */
    public void entangledWhile(BooleanSupplier owns, BooleanSupplier waits) {
        desks.entangledWhile(owns, waits);
    }

    /**
     * Searches for the deadlocks that the agent is in, and marks the youngest wait of each. To be called when the agent
     * begins to wait for a territory, after both its place and its wait stand, and when it gets one while it waits for
     * something else. Does not block; calls while a search is under way share the one after it.
     *
     * @return complete when what was found is marked; fails with the end of the session
     */
    public CompletableFuture<?> walk() {
        return desks.walkAtOnce();
    }

    private LockAll startAll(PathSet paths, LockOptions options) {
        if (paths.size() > MAX_LOCKS_AT_ONCE) {
            throw new BumbaException(
                    BumbaException.Code.LIMIT,
                    paths.size() + " files to lock at once, the limit MAX_LOCKS_AT_ONCE is " + MAX_LOCKS_AT_ONCE
                            + "; lock fewer, or claim the area as a territory");
        }
        Duration patience = options.patience() == null ? defaultPatience : options.patience();
        LockAll all = new LockAll(desks, paths, options, patience, shop);
        all.start();
        return all;
    }

    /** The answer; whoever is interrupted abandons it. */
    private static <T> T await(CompletableFuture<T> answer, Runnable abandon, String what) throws InterruptedException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            abandon.run();
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalArgumentException misuse) {
                throw new IllegalArgumentException(misuse.getMessage(), misuse);
            }
            throw e.getCause() instanceof BumbaException known
                    ? known.here()
                    : new BumbaException(BumbaException.Code.PROTOCOL, "could not lock " + what, e);
        }
    }

    /** Completes on the callback threads; what nobody takes any more is abandoned, once. */
    private <T> CompletableFuture<T> deliver(CompletableFuture<T> answer, Runnable abandon) {
        CompletableFuture<T> delivered = new CompletableFuture<>();
        AtomicBoolean abandoned = new AtomicBoolean();
        Runnable once = () -> {
            if (abandoned.compareAndSet(false, true)) {
                abandon.run();
            }
        };
        Async.then(
                answer,
                result -> hand(() -> {
                    if (!delivered.complete(result)) {
                        once.run();
                    }
                }),
                failure -> hand(() -> delivered.completeExceptionally(failure)));
        CompletableFuture<T> unused = delivered.whenComplete((result, failure) -> {
            if (delivered.isCancelled()) {
                once.run();
            }
        });
        return delivered;
    }

    /** To the callback threads, or, when the connection is closed, to the thread that is here. */
    private void hand(Runnable completion) {
        try {
            shop.callbacks().execute(completion);
        } catch (RejectedExecutionException closing) {
            completion.run();
        }
    }
}

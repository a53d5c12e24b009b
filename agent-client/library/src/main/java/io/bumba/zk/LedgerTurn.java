package io.bumba.zk;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The turn of this process among the writers of the ledger: the stock recipe, which belongs to a thread, on a thread of its
 * own. It orders and does not protect: without it n writers need n squared transactions instead of n, and no more than that.
 * So whoever does not get it in time goes on without. For one step at a time.
 */
public final class LedgerTurn implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 5;
    private static final Logger LOG = LoggerFactory.getLogger(LedgerTurn.class);

    private final InterProcessMutex mutex;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "bumba-ledger-turn");
        made.setDaemon(true);
        return made;
    });

    public LedgerTurn(CuratorFramework client, String node) {
        this.mutex = new InterProcessMutex(client, node);
    }

    public <R> CompletableFuture<R> take(Supplier<CompletableFuture<R>> step) {
        try {
            return CompletableFuture.supplyAsync(this::acquire, thread)
                    .thenCompose(held -> started(step).whenComplete((value, failure) -> {
                        if (held) {
                            release(thread);
                        }
                    }));
        } catch (RejectedExecutionException closed) {
            return step.get();
        }
    }

    private static <R> CompletableFuture<R> started(Supplier<CompletableFuture<R>> step) {
        try {
            return step.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private boolean acquire() {
        try {
            return mutex.acquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            LOG.debug("no turn at the ledger; going on without", e);
            return false;
        }
    }

    private void release(Executor owner) {
        Async.guarded(() -> owner.execute(() -> {
            try {
                mutex.release();
            } catch (Exception e) {
                LOG.debug("the turn at the ledger ends with the session", e);
            }
        }));
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}

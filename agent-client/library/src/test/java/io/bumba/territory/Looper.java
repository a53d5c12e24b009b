package io.bumba.territory;

import io.bumba.BumbaException;
import io.bumba.lock.FileLocks;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.path.RepoPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Threads of one agent that take files, look whether they still have them, and give them back, until it is closed. */
final class Looper implements AutoCloseable {
    /** How often the holder of a file looks whether it still has it. */
    static final int LOOKS = 20;

    private final GrantHistory history;
    private final String agent;
    private final FileLocks locks;
    private final List<RepoPath> files;
    private final LockOptions options;
    private final int looks;
    private final ExecutorService threads;
    private final List<Future<?>> running = new ArrayList<>();
    private volatile boolean stopped;

    Looper(
            GrantHistory history,
            String agent,
            FileLocks locks,
            LockOptions options,
            int threads,
            List<RepoPath> files) {
        this(history, agent, locks, options, threads, LOOKS, files);
    }

    Looper(
            GrantHistory history,
            String agent,
            FileLocks locks,
            LockOptions options,
            int threads,
            int looks,
            List<RepoPath> files) {
        this.looks = looks;
        this.history = history;
        this.agent = agent;
        this.locks = locks;
        this.options = options;
        this.files = List.copyOf(files);
        this.threads = Executors.newFixedThreadPool(threads);
        for (int i = 0; i < threads; i++) {
            Random random = new Random(i);
            running.add(this.threads.submit(() -> loop(random)));
        }
    }

    private Void loop(Random random) throws InterruptedException {
        while (!stopped) {
            RepoPath file = files.get(random.nextInt(files.size()));
            LockOptions asked = random.nextInt(4) == 0 ? options.shared() : options;
            Optional<LockGrant> granted;
            try {
                granted = locks.acquire(file, asked).grant();
            } catch (BumbaException e) {
                if (e.code() != BumbaException.Code.UNAVAILABLE) {
                    throw e;
                }
                continue;
            }
            if (granted.isPresent()) {
                history.watch(agent, granted.get(), looks);
                granted.get().release();
            }
        }
        return null;
    }

    /** Ends the loops, and fails with what one of them failed with. */
    @Override
    public void close() throws Exception {
        stopped = true;
        threads.shutdown();
        for (Future<?> each : running) {
            Object unused = each.get(60, TimeUnit.SECONDS);
        }
    }
}

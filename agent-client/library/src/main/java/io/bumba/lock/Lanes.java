package io.bumba.lock;

import io.bumba.path.RepoPath;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * The threads on which Curator's recipe runs, which blocks for one round trip and owns by thread: a file has always the
 * same one. They do nothing else, and nobody interrupts them.
 */
public final class Lanes implements AutoCloseable {
    private final List<ExecutorService> lanes;

    public Lanes(int count) {
        lanes = IntStream.range(0, count)
                .mapToObj(i -> Executors.newSingleThreadExecutor(task -> {
                    Thread thread = new Thread(task, "bumba-lane-" + i);
                    thread.setDaemon(true);
                    return thread;
                }))
                .toList();
    }

    ExecutorService of(RepoPath path) {
        return lanes.get(Math.floorMod(path.hashCode(), lanes.size()));
    }

    @Override
    public void close() {
        lanes.forEach(ExecutorService::shutdown);
    }
}

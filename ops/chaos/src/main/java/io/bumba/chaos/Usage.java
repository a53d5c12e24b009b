package io.bumba.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What this process uses.
 *
 * @param threads of Java, by name, but for those that the JDK starts once and keeps
 * @param files how many descriptors are open, by Linux's own count
 */
record Usage(List<String> threads, int files) {
    static final Usage NOTHING = new Usage(List.of(), 0);

    private static final List<String> KEPT = List.of("CompletableFutureDelayScheduler", "ForkJoinPool.commonPool");
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    Usage {
        threads = List.copyOf(threads);
    }

    /** What is used when it is no more than the bound, or when the time is up. */
    static Usage settled(Usage bound, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        Usage now = now();
        while (!now.minus(bound).equals(NOTHING) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_NANOS);
            now = now();
        }
        return now;
    }

    Usage minus(Usage other) {
        List<String> more = new ArrayList<>(threads);
        other.threads.forEach(more::remove);
        return new Usage(more, Math.max(0, files - other.files));
    }

    private static Usage now() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return new Usage(
                    Thread.getAllStackTraces().keySet().stream()
                            .map(Thread::getName)
                            .filter(name -> KEPT.stream().noneMatch(name::startsWith))
                            .toList(),
                    (int) open.count());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot count open files", e);
        }
    }

    @Override
    public String toString() {
        return "threads " + threads + " files " + files;
    }
}

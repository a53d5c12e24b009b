package io.bumba.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What this process uses, by Linux's own count.
 *
 * @param threads of Java, alive
 * @param files open descriptors
 */
record Usage(int threads, int files) {
    static final Usage NOTHING = new Usage(0, 0);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** What is used when it is no more than the bound, or when the time is up. */
    static Usage settled(Usage bound, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        Usage now = now();
        while ((now.threads > bound.threads || now.files > bound.files) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_NANOS);
            now = now();
        }
        return now;
    }

    Usage minus(Usage other) {
        return new Usage(Math.max(0, threads - other.threads), Math.max(0, files - other.files));
    }

    private static Usage now() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return new Usage(Thread.getAllStackTraces().size(), (int) open.count());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot count open files", e);
        }
    }

    @Override
    public String toString() {
        return threads + " " + files;
    }
}

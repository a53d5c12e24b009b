package io.bumba.orchestrate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process and its descendants, as far as they can be found: one whose parent has ended before {@link #end} looks belongs
 * to nobody.
 */
final class ProcessTree {
    private static final long LOOK_EVERY_MILLIS = 20;
    private static final Duration KILLED_WITHIN = Duration.ofSeconds(1);

    private final Process root;
    private final Map<Long, ProcessHandle> family = new LinkedHashMap<>();

    ProcessTree(Process root) {
        this.root = root;
    }

    /**
     * TERM to all, and after the grace KILL to whoever is left; an interrupt ends the grace, and is there again afterwards.
     * Returns when the root has ended, and the others too, or a second after they were killed.
     */
    void end(Duration grace) {
        boolean interrupted = Thread.interrupted();
        collect();
        family.values().forEach(ProcessHandle::destroy);
        try {
            awaitEnd(grace);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        collect();
        family.values().forEach(ProcessHandle::destroyForcibly);
        root.onExit().join();
        try {
            awaitEnd(KILLED_WITHIN);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitEnd(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (System.nanoTime() - deadline < 0 && family.values().stream().anyMatch(ProcessHandle::isAlive)) {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
            // Children that are born while their parents end.
            collect();
        }
    }

    private void collect() {
        family.putIfAbsent(root.pid(), root.toHandle());
        List.copyOf(family.values())
                .forEach(known -> known.descendants().forEach(each -> family.putIfAbsent(each.pid(), each)));
    }
}

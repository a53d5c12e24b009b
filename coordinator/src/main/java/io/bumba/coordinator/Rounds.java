package io.bumba.coordinator;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does one thing again and again on a thread of its own. A failure ends nothing: it is logged when it begins and again when it
 * has passed, and the next round comes as if there had been none.
 */
final class Rounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    /**
     * What the log says.
     *
     * @param begins what does not happen while rounds fail
     * @param passes what happens again
     */
    record Words(String begins, String passes) {}

    private final String name;
    private final Runnable round;
    private final Words words;
    private final ScheduledExecutorService thread;
    private boolean failing;

    private Rounds(String name, Runnable round, Words words) {
        this.name = name;
        this.round = round;
        this.words = words;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, name);
            made.setDaemon(true);
            return made;
        });
    }

    /** @param pause between the end of a round and the next, and before the first */
    static Rounds start(String name, Duration pause, Runnable round, Words words) {
        Rounds rounds = new Rounds(name, round, words);
        var unused = rounds.thread.scheduleWithFixedDelay(
                rounds::turn, pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
        return rounds;
    }

    /** Waits for the round under way, but not for ever. */
    @Override
    public void close() throws InterruptedException {
        thread.shutdownNow();
        if (!thread.awaitTermination(1, TimeUnit.SECONDS)) {
            LOG.warn("the last round of the {} goes on", name);
        }
    }

    private void turn() {
        try {
            round.run();
            if (failing) {
                LOG.info("{}", words.passes());
                failing = false;
            }
        } catch (RuntimeException e) {
            if (!failing && !thread.isShutdown()) {
                LOG.warn("{} until this passes: {}", words.begins(), e.toString());
                failing = true;
            }
        }
    }
}

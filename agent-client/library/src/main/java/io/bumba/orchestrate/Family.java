package io.bumba.orchestrate;

import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The children of one lead: all end with it, and none comes after. Thread-safe. */
final class Family {
    private static final Logger LOG = LoggerFactory.getLogger(Family.class);
    private static final int ENDED_AT_ONCE = 16;

    private final Object lock = new Object();
    private final List<Agent> children = new ArrayList<>();
    private boolean ended;

    /** Whether it is in time: one that is not ends at once. */
    boolean add(Agent child) {
        synchronized (lock) {
            if (!ended) {
                children.add(child);
                return true;
            }
        }
        end(child);
        return false;
    }

    List<Agent> living() {
        synchronized (lock) {
            return children.stream().filter(Agent::isAlive).toList();
        }
    }

    /** Several at once, so that servers which do not answer are waited for once, not once for each. */
    void end() {
        List<Agent> all;
        synchronized (lock) {
            ended = true;
            all = List.copyOf(children);
        }
        if (all.size() < 2) {
            all.forEach(Family::end);
            return;
        }
        ExecutorService enders = Executors.newFixedThreadPool(Math.min(ENDED_AT_ONCE, all.size()), task -> {
            Thread thread = new Thread(task, "bumba-end");
            thread.setDaemon(true);
            return thread;
        });
        CountDownLatch left = new CountDownLatch(all.size());
        for (Agent child : all) {
            enders.execute(() -> {
                try {
                    end(child);
                } finally {
                    left.countDown();
                }
            });
        }
        enders.shutdown();
        Calm.await(left);
    }

    /** What is not confirmed in time goes on in the background. */
    static void end(Agent agent) {
        try {
            Calm.run(agent::close);
        } catch (BumbaException e) {
            LOG.warn("the end of agent {} is not confirmed; it goes on in the background", agent.id(), e);
        }
    }
}

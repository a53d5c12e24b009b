package io.bumba.coordinator;

import io.bumba.Bumba;
import io.bumba.BumbaException;
import io.bumba.lock.BreakResult;
import io.bumba.lock.LeasedHold;
import io.bumba.zk.Leadership;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the locks whose holders did not end them when their lease was over; the leading coordinator does it, for every
 * workspace of the cluster. A hold ends at the latest {@code lease + grace + two check intervals} after the leader has begun to
 * lead or the hold to stand, whichever is later: a new leader counts anew. While ZooKeeper is away nothing is ended, and
 * afterwards everything counts anew.
 *
 * <p>Two that both think they lead end nothing twice: a break names one contender, and is refused when the lease was renewed.
 */
final class LeaseKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);
    private static final Duration PRUNE_EVERY = Duration.ofMinutes(1);

    private final Bumba bumba;
    private final Leadership leadership;
    private final LeaseConfig config;
    private final LongSupplier nanos;
    private final Map<String, LeaseClocks> clocks = new HashMap<>();
    private long prunedAt;

    private LeaseKeeper(Bumba bumba, Leadership leadership, LeaseConfig config, LongSupplier nanos) {
        this.bumba = bumba;
        this.leadership = leadership;
        this.config = config;
        this.nanos = nanos;
        this.prunedAt = nanos.getAsLong() - PRUNE_EVERY.toNanos();
    }

    /** Close what it gives to end it. */
    static Rounds start(Bumba bumba, Leadership leadership, LeaseConfig config, LongSupplier nanos) {
        LeaseKeeper keeper = new LeaseKeeper(bumba, leadership, config, nanos);
        return Rounds.start(
                "lease-keeper",
                config.checkInterval(),
                keeper::sweep,
                new Rounds.Words("no lease is ended", "leases are kept again"));
    }

    private void sweep() {
        if (!bumba.isConnected()) {
            clocks.clear();
            // After the loss of a session the next one begins when somebody asks for it.
            bumba.probe();
        }
        if (leadership.isLeader()) {
            lead();
        } else {
            clocks.clear();
        }
    }

    private void lead() {
        for (String workspace : bumba.workspaces()) {
            for (LeasedHold hold : clocks.computeIfAbsent(workspace, w -> new LeaseClocks())
                    .due(bumba.lockTable(workspace).leased(), config.grace(), nanos.getAsLong())) {
                if (!leadership.isLeader()) {
                    return;
                }
                expire(workspace, hold);
            }
        }
        if (nanos.getAsLong() - prunedAt >= PRUNE_EVERY.toNanos()) {
            prune();
            prunedAt = nanos.getAsLong();
        }
    }

    private void expire(String workspace, LeasedHold hold) {
        try {
            BreakResult result = bumba.breaks(workspace)
                    .expire(
                            hold,
                            "coordinator " + leadership.instance(),
                            "its lease of " + words(hold.lease()) + " and " + words(config.grace())
                                    + " of grace have passed");
            LOG.info("workspace {}: {}", workspace, result.message());
        } catch (BumbaException e) {
            if (e.code() == BumbaException.Code.UNAVAILABLE || e.code() == BumbaException.Code.SESSION_LOST) {
                throw e;
            }
            LOG.error("a lease in workspace {} could not be ended", workspace, e);
        }
    }

    private void prune() {
        for (String workspace : bumba.workspaces()) {
            int deleted = bumba.breaks(workspace).prune(config.breaksKept());
            if (deleted > 0) {
                LOG.info("workspace {}: deleted {} old records of breaks", workspace, deleted);
            }
        }
    }

    private static String words(Duration time) {
        return time.toMillis() % 1_000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}

package io.bumba.coordinator;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import io.bumba.Bumba;
import io.bumba.BumbaException;
import io.bumba.zk.Leadership;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the territories whose owners have gone and nobody else has met, keeps those for which a grace was asked until it is
 * over, and ends the revoked ones that were not given back in time; the leading coordinator does it, for every workspace of the
 * cluster. It also deletes old records of revocations.
 *
 * <p>Two that both think they lead do no harm: each end is a transaction over the ledger, made by everybody who meets such a
 * territory. All times are the servers'.
 */
final class TerritoryKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(TerritoryKeeper.class);
    private static final Duration PRUNE_EVERY = Duration.ofMinutes(1);

    private final Bumba bumba;
    private final Leadership leadership;
    private final TerritoryConfig config;
    private final LongSupplier nanos;
    private final Counter sweeps;
    private final Counter swept;
    private final Counter failures;
    private final Set<String> failing = new HashSet<>();
    private long prunedAt;

    private TerritoryKeeper(
            Bumba bumba, Leadership leadership, TerritoryConfig config, MetricRegistry metrics, LongSupplier nanos) {
        this.bumba = bumba;
        this.leadership = leadership;
        this.config = config;
        this.nanos = nanos;
        this.sweeps = metrics.counter("territories.sweeps");
        this.swept = metrics.counter("territories.swept");
        this.failures = metrics.counter("territories.sweep-failures");
        this.prunedAt = nanos.getAsLong() - PRUNE_EVERY.toNanos();
    }

    /** Close what it gives to end it. */
    static Rounds start(
            Bumba bumba, Leadership leadership, TerritoryConfig config, MetricRegistry metrics, LongSupplier nanos) {
        TerritoryKeeper keeper = new TerritoryKeeper(bumba, leadership, config, metrics, nanos);
        return Rounds.start(
                "territory-keeper",
                config.sweepInterval(),
                keeper::round,
                new Rounds.Words("no territory is swept", "territories are swept again"));
    }

    private void round() {
        if (!leadership.isLeader()) {
            return;
        }
        try {
            boolean prunes = nanos.getAsLong() - prunedAt >= PRUNE_EVERY.toNanos();
            for (String workspace : bumba.workspaces()) {
                if (!leadership.isLeader()) {
                    return;
                }
                keep(workspace, prunes);
            }
            sweeps.inc();
            prunedAt = prunes ? nanos.getAsLong() : prunedAt;
        } catch (RuntimeException e) {
            failures.inc();
            throw e;
        }
    }

    /** A workspace that cannot be swept keeps no other from it, unless the servers are away. */
    private void keep(String workspace, boolean prunes) {
        try {
            int ended = bumba.warden(workspace).sweep();
            swept.inc(ended);
            if (ended > 0) {
                LOG.info("workspace {}: dealt with {} territories that were over", workspace, ended);
            }
            int deleted = prunes ? bumba.revocations(workspace).prune(config.revocationsKept()) : 0;
            if (deleted > 0) {
                LOG.info("workspace {}: deleted {} old records of revocations", workspace, deleted);
            }
            if (failing.remove(workspace)) {
                LOG.info("workspace {}: its territories are swept again", workspace);
            }
        } catch (BumbaException e) {
            if (e.code() == BumbaException.Code.UNAVAILABLE || e.code() == BumbaException.Code.SESSION_LOST) {
                throw e;
            }
            failures.inc();
            if (failing.add(workspace)) {
                LOG.error("the territories of workspace {} are not swept until this passes", workspace, e);
            }
        }
    }
}

package io.bumba.coordinator;

import com.codahale.metrics.health.HealthCheck;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.bumba.agent.AgentRecord;
import io.bumba.lock.BreakRecord;
import io.bumba.lock.Holder;
import io.bumba.lock.LockEntry;
import io.bumba.lock.LockMode;
import io.bumba.lock.LockView;
import io.bumba.lock.Priority;
import io.bumba.lock.Waiter;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The JSON of the API: pure functions from a {@link Picture}. */
final class Answers {
    private Answers() {}

    /**
     * How old an answer is.
     *
     * @param zxid the picture is no older than this, in ZooKeeper's own writing
     * @param stale whether a newer picture was wanted and could not be had
     */
    record AsOf(String zxid, Instant time, long ageMillis, boolean stale) {
        static AsOf of(Refreshed.Aged<Picture> aged) {
            LockView locks = aged.value().locks();
            return new AsOf("0x" + Long.toHexString(locks.zxid()), locks.readAt(), aged.ageMillis(), aged.stale());
        }
    }

    /** {@link AsOf} of what is not read at one zxid. */
    record Age(Instant time, long ageMillis, boolean stale) {
        static Age of(Refreshed.Aged<?> aged, Instant readAt) {
            return new Age(readAt, aged.ageMillis(), aged.stale());
        }
    }

    /**
     * Now, as seen from a reading.
     *
     * @param ageMillis how long ago it was read
     */
    record Moment(Instant readAt, long ageMillis) {
        static Moment of(Refreshed.Aged<Picture> aged) {
            return new Moment(aged.value().locks().readAt(), aged.ageMillis());
        }

        /** How long ago, now; never negative, though another clock may be ahead of this machine's. */
        long ageOf(Instant since) {
            return Math.max(0, Duration.between(since, readAt).toMillis() + ageMillis);
        }
    }

    /** @param territories null when they cannot be read */
    record Status(
            AsOf asOf,
            Cluster cluster,
            String workspace,
            String version,
            Coordinator coordinator,
            AgentCounts agents,
            LockCounts locks,
            @JsonInclude TerritoryAnswers.@Nullable Counts territories,
            Health health) {}

    /**
     * The coordinator that answers.
     *
     * @param leading whether it leads all coordinators of the cluster, now
     * @param leader the instance that leads, as of the picture
     */
    record Coordinator(
            String instance,
            boolean leading,
            @JsonInclude @Nullable String leader) {}

    record Cluster(String id) {}

    record AgentCounts(int total, int max, SortedMap<String, Long> byDepartment) {
        static AgentCounts of(Picture picture, int max) {
            return new AgentCounts(
                    picture.agents().size(),
                    max,
                    picture.agents().stream()
                            .collect(Collectors.groupingBy(
                                    AgentRecord::department, TreeMap::new, Collectors.counting())));
        }
    }

    record LockCounts(
            long active,
            long waiting,
            @JsonInclude @Nullable Oldest oldest) {
        static LockCounts of(Refreshed.Aged<Picture> aged) {
            List<LockEntry> locks = aged.value().locks().locks();
            Moment now = Moment.of(aged);
            return new LockCounts(
                    locks.stream().filter(l -> !l.holders().isEmpty()).count(),
                    locks.stream().mapToLong(l -> l.waiters().size()).sum(),
                    locks.stream()
                            .flatMap(l -> l.holders().stream()
                                    .map(h -> new Oldest(
                                            l.path().toString(), h.agent(), h.since(), now.ageOf(h.since()))))
                            .min(Comparator.comparing(Oldest::since))
                            .orElse(null));
        }
    }

    record Oldest(String path, String agent, Instant since, long ageMillis) {}

    record Health(boolean healthy, SortedMap<String, Check> checks) {
        static Health of(Map<String, HealthCheck.Result> results) {
            SortedMap<String, Check> checks = new TreeMap<>();
            results.forEach((name, r) -> checks.put(name, new Check(r.isHealthy(), r.getMessage())));
            return new Health(results.values().stream().allMatch(HealthCheck.Result::isHealthy), checks);
        }
    }

    record Check(boolean healthy, @JsonInclude @Nullable String message) {}

    record AgentList(AsOf asOf, List<AgentRecord> agents, boolean truncated) {}

    record LockList(AsOf asOf, List<Lock> locks, boolean truncated) {}

    record Lock(String path, List<Held> holders, List<Waiting> waiters, List<String> foreign) {
        static Lock of(LockEntry entry, Moment now) {
            return new Lock(
                    entry.path().toString(),
                    entry.holders().stream().map(h -> Held.of(h, now)).toList(),
                    entry.waiters().stream().map(w -> Waiting.of(w, now)).toList(),
                    entry.foreign());
        }
    }

    record BreakList(Age asOf, List<Break> breaks, boolean truncated) {}

    record Break(String path, String agent, LockMode mode, long token, String by, String reason, Instant time) {
        static Break of(BreakRecord r) {
            return new Break(r.path(), r.agent(), r.mode(), r.token(), r.by(), r.reason(), r.at());
        }
    }

    /** @param leaseMillis the longest that it may be held, from {@code since}; null when there is no such limit */
    record Held(
            String agent,
            LockMode mode,
            Instant since,
            long ageMillis,
            String reason,
            long token,
            @JsonInclude @Nullable Long leaseMillis) {
        static Held of(Holder h, Moment now) {
            return new Held(
                    h.agent(),
                    h.mode(),
                    h.since(),
                    now.ageOf(h.since()),
                    h.reason(),
                    h.token().zxid(),
                    h.lease().map(Duration::toMillis).orElse(null));
        }
    }

    record Waiting(
            String agent, LockMode mode, Priority priority, Instant since, long ageMillis, String reason, int place) {
        static Waiting of(Waiter w, Moment now) {
            return new Waiting(
                    w.agent(), w.mode(), w.priority(), w.since(), now.ageOf(w.since()), w.reason(), w.place());
        }
    }
}

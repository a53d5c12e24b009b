package io.bumba.chaos;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * All that decides a campaign, but for the interleaving of its processes.
 *
 * @param seed where all random choices come from
 * @param duration how long the faults go on
 * @param steady how many workers are neither killed, paused nor expired; they keep the counter
 * @param mortal how many are
 * @param sessionTimeout of the workers
 * @param kinds the faults that may strike; none for a calm campaign
 * @param gap about how long between the strikes of one lane
 * @param settle how long after the last fault and the last request something may be left over
 * @param workload what each agent does
 */
record Plan(
        long seed,
        Duration duration,
        int steady,
        int mortal,
        Duration sessionTimeout,
        Set<Kind> kinds,
        Duration gap,
        Duration settle,
        Workload workload) {
    Plan {
        kinds = kinds.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(kinds));
        if (steady < 0 || mortal < 0 || steady + mortal < 1) {
            throw new IllegalArgumentException("a campaign needs a worker");
        }
        if (gap.toMillis() < 10) {
            throw new IllegalArgumentException("gap " + gap + " is shorter than 10 ms");
        }
    }

    /** Everything but the outage, for this long. */
    static Plan usual(long seed, Duration duration) {
        return new Plan(
                seed,
                duration,
                2,
                2,
                Duration.ofSeconds(4),
                Kind.usual(),
                Duration.ofMillis(1_500),
                Duration.ofSeconds(30),
                Workload.usual());
    }

    int workers() {
        return steady + mortal;
    }

    Plan with(Workload other) {
        return new Plan(seed, duration, steady, mortal, sessionTimeout, kinds, gap, settle, other);
    }

    Plan with(Set<Kind> others, Duration otherGap) {
        return new Plan(seed, duration, steady, mortal, sessionTimeout, others, otherGap, settle, workload);
    }

    Plan withWorkers(int nowSteady, int nowMortal) {
        return new Plan(seed, duration, nowSteady, nowMortal, sessionTimeout, kinds, gap, settle, workload);
    }

    Plan withSession(Duration timeout) {
        return new Plan(seed, duration, steady, mortal, timeout, kinds, gap, settle, workload);
    }

    Plan settlingWithin(Duration limit) {
        return new Plan(seed, duration, steady, mortal, sessionTimeout, kinds, gap, limit, workload);
    }
}

package io.bumba.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The faults of one campaign in the order of their begin; the same plan gives the same. Pure.
 *
 * @param strikes those of one lane do not overlap, so of the servers one at most is down (two in an outage)
 */
record Schedule(List<Strike> strikes) {
    Schedule {
        strikes = List.copyOf(strikes);
    }

    static Schedule of(Plan plan) {
        List<Strike> all = new ArrayList<>();
        for (Kind.Lane lane : Kind.Lane.values()) {
            List<Kind> kinds = Kind.of(lane, plan.kinds());
            if (!kinds.isEmpty()) {
                all.addAll(lane(plan, kinds, Seeds.of(plan.seed(), "nemesis " + lane)));
            }
        }
        all.sort(Comparator.comparing(Strike::at));
        return new Schedule(all);
    }

    List<Strike> of(Kind.Lane lane) {
        return strikes.stream().filter(strike -> strike.kind().lane() == lane).toList();
    }

    private static List<Strike> lane(Plan plan, List<Kind> kinds, SplittableRandom random) {
        List<Strike> strikes = new ArrayList<>();
        long gap = plan.gap().toMillis();
        long at = random.nextLong(gap / 2, gap + 1);
        while (true) {
            Kind kind = kinds.get(random.nextInt(kinds.size()));
            int target = random.nextInt(1_000_000);
            Duration lasts = lasts(kind, plan.sessionTimeout(), random);
            if (at + lasts.toMillis() > plan.duration().toMillis()) {
                return strikes;
            }
            strikes.add(new Strike(Duration.ofMillis(at), kind, target, lasts));
            at += lasts.toMillis() + random.nextLong(gap / 2, 2 * gap);
        }
    }

    private static Duration lasts(Kind kind, Duration session, SplittableRandom random) {
        long whole = session.toMillis();
        return Duration.ofMillis(
                switch (kind) {
                    case CUT, LOSE_REPLY, LOSE_REQUEST, BREAK, SESSION_EXPIRY -> 0;
                    case DELAY -> random.nextLong(200, 1_000);
                    case WORKER_PAUSE -> random.nextLong(whole / 20, whole * 2 / 3);
                    case WORKER_SLEEP -> random.nextLong(whole * 5 / 4, whole * 2);
                    case SERVER_KILL, LEADER_KILL, WORKER_KILL -> random.nextLong(100, 1_500);
                    case SERVER_PAUSE -> random.nextLong(200, 3_500);
                    case OUTAGE -> random.nextLong(whole / 4, whole * 3 / 2);
                    // Some shorter than a session, some longer.
                    case REFUSE, BLACKHOLE, DROP_REPLIES, DROP_REQUESTS, STALL -> random.nextLong(50, whole * 5 / 4);
                });
    }
}

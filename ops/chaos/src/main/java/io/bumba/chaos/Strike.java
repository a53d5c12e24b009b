package io.bumba.chaos;

import java.time.Duration;

/**
 * One fault of a schedule.
 *
 * @param at when it begins, from the start of the campaign
 * @param kind what is done
 * @param target to which server, worker or file; meant modulo their number
 * @param lasts when it is taken back, from its begin; zero for what happens once
 */
record Strike(Duration at, Kind kind, int target, Duration lasts) {
    @Override
    public String toString() {
        return "%7.3f s %-14s %d%s"
                .formatted(
                        at.toMillis() / 1_000.0,
                        kind,
                        target,
                        lasts.isZero() ? "" : " for " + lasts.toMillis() + " ms");
    }
}

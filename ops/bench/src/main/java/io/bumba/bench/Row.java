package io.bumba.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;

/**
 * One line of the table.
 *
 * @param servers how many ZooKeeper servers; 1 for a peer's own server
 * @param clients how many clients at once
 * @param subject what was measured
 * @param against what it was measured against in the same rounds
 * @param ratio time of the subject to time of the other; for hand-overs, rate to rate
 * @param target as in the table; absent when there is none
 * @param reached whether the median reaches the target
 * @param cost what one operation of the subject asks of the servers; absent where they do not tell
 * @param otherCost the same of what it was measured against
 * @param millis the subject's median milliseconds per operation here: to compare rows of this run, nothing else
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record Row(
        int servers,
        int clients,
        String subject,
        String against,
        Spread ratio,
        Optional<String> target,
        Optional<Boolean> reached,
        Optional<Cost> cost,
        Optional<Cost> otherCost,
        double millis) {

    static Row of(
            int servers,
            int clients,
            String subject,
            String against,
            Spread ratio,
            Optional<Target> target,
            Optional<Cost> cost,
            Optional<Cost> otherCost,
            double millis) {
        return new Row(
                servers,
                clients,
                subject,
                against,
                ratio,
                target.map(Target::toString),
                target.map(t -> t.isReachedBy(ratio.median())),
                cost,
                otherCost,
                millis);
    }
}

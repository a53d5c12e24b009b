package io.bumba.coordinator;

import io.bumba.lock.BreakRequest;
import io.bumba.territory.Warden;
import java.time.Duration;

/**
 * An operator's order that a territory is to end.
 *
 * @param territory its id
 * @param by who orders it
 * @param reason why
 * @param grace how long its owner has to finish
 */
record RevokeOrder(String territory, String by, String reason, Duration grace) {
    RevokeOrder {
        if (territory.isBlank()) {
            throw new IllegalArgumentException("id is missing; give the territory's, as bumba territories shows it");
        }
        Warden.checkOrder(by, reason, grace);
        if (by.length() > BreakRequest.MAX_BY) {
            throw new IllegalArgumentException(
                    "by has " + by.length() + " characters, the limit MAX_BY is " + BreakRequest.MAX_BY);
        }
    }
}

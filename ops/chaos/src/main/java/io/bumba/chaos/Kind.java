package io.bumba.chaos;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What can be done to servers, workers and the network. Strikes of one lane follow each other, those of several overlap. */
enum Kind {
    SERVER_KILL(Lane.SERVERS),
    LEADER_KILL(Lane.SERVERS),
    SERVER_PAUSE(Lane.SERVERS),
    /** Two of three servers at once: nobody may be granted anything, nobody may hang. */
    OUTAGE(Lane.SERVERS),

    WORKER_KILL(Lane.WORKERS),
    /** Shorter than a session. */
    WORKER_PAUSE(Lane.WORKERS),
    /** Longer than a session. */
    WORKER_SLEEP(Lane.WORKERS),
    SESSION_EXPIRY(Lane.WORKERS),

    CUT(Lane.LINKS),
    REFUSE(Lane.LINKS),
    BLACKHOLE(Lane.LINKS),
    DROP_REPLIES(Lane.LINKS),
    DROP_REQUESTS(Lane.LINKS),
    STALL(Lane.LINKS),
    DELAY(Lane.LINKS),
    LOSE_REPLY(Lane.LINKS),
    LOSE_REQUEST(Lane.LINKS),

    BREAK(Lane.OPERATOR);

    enum Lane {
        SERVERS,
        WORKERS,
        LINKS,
        OPERATOR
    }

    private final Lane lane;

    Kind(Lane lane) {
        this.lane = lane;
    }

    Lane lane() {
        return lane;
    }

    /** All but the outage. */
    static Set<Kind> usual() {
        return EnumSet.complementOf(EnumSet.of(OUTAGE));
    }

    static List<Kind> of(Lane lane, Set<Kind> allowed) {
        return Arrays.stream(values())
                .filter(kind -> kind.lane == lane && allowed.contains(kind))
                .toList();
    }
}

package io.bumba.chaos;

import io.bumba.territory.AllocateResult;
import io.bumba.territory.Conflict;
import java.util.List;

/**
 * One request for a territory, or for another area of one, and what it came to.
 *
 * @param title of the territory; no other has it
 * @param agent who asked
 * @param resizes whether the territory was there before
 * @param patient whether it was to wait
 * @param begin a zxid from before it was made
 * @param outcome the kind of answer; empty when there was none
 * @param territory the id of what was granted; empty without a grant
 * @param end a zxid from after the answer
 */
record Asked(
        String title,
        String agent,
        String type,
        List<String> patterns,
        boolean resizes,
        boolean patient,
        long begin,
        String outcome,
        String territory,
        List<InTheWay> conflicts,
        long end) {
    static final String UNANSWERED = "";

    /** What was named as being in the way. */
    record InTheWay(String kind, String agent, String what) {
        static InTheWay of(Conflict conflict) {
            return new InTheWay(conflict.kind().name(), conflict.agent(), conflict.what());
        }
    }

    Asked {
        patterns = List.copyOf(patterns);
        conflicts = List.copyOf(conflicts);
    }

    /** A request that is about to be made. */
    Asked(
            String title,
            String agent,
            String type,
            List<String> patterns,
            boolean resizes,
            boolean patient,
            long begin) {
        this(title, agent, type, patterns, resizes, patient, begin, UNANSWERED, "", List.of(), Long.MAX_VALUE);
    }

    Asked answered(AllocateResult result, long zxid) {
        List<InTheWay> inTheWay = result instanceof AllocateResult.Conflicting conflicting
                ? conflicting.conflicts().stream().map(InTheWay::of).toList()
                : List.of();
        String id = result.grant().map(grant -> grant.id()).orElse("");
        String kind = result.getClass().getSimpleName();
        if (result instanceof AllocateResult.Rejected rejected) {
            kind += ": " + rejected.rule();
        } else if (result instanceof AllocateResult.Lost lost) {
            kind += ": " + lost.why();
        }
        return answered(kind, id, inTheWay, zxid);
    }

    Asked failed(Throwable failure, long zxid) {
        return answered("failed: " + failure, "", List.of(), zxid);
    }

    private Asked answered(String what, String id, List<InTheWay> inTheWay, long zxid) {
        return new Asked(title, agent, type, patterns, resizes, patient, begin, what, id, inTheWay, zxid);
    }

    boolean isGranted() {
        return !territory.isEmpty();
    }
}

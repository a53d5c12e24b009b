package io.bumba.territory;

import io.bumba.lock.Occupant;
import io.bumba.path.PathPattern;
import io.bumba.zk.Async;
import io.bumba.zk.SessionOverException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Words and suggestions for those whose request is hindered. */
final class Refusals {
    private Refusals() {}

    /** The end of the session is a loss like others, not a failure. */
    static CompletableFuture<AllocateResult> lostWithSession(CompletableFuture<AllocateResult> change) {
        return change.exceptionallyCompose(failure -> Async.cause(failure) instanceof SessionOverException
                ? CompletableFuture.completedFuture(new AllocateResult.Lost("the session ended"))
                : CompletableFuture.failedFuture(Async.cause(failure)));
    }

    /**
     * @param by what hindered it last; empty when nothing was learnt in time
     * @param wanted the territory as it was to be
     */
    static AllocateResult of(Optional<Hindrance> by, Ledger ledger, String id, TerritoryRecord wanted) {
        return of(by, ledger, id, wanted, false, 0);
    }

    /**
     * The same for one that may have waited.
     *
     * @param place as in {@link AllocateResult.Conflicting}
     */
    static AllocateResult of(
            Optional<Hindrance> by, Ledger ledger, String id, TerritoryRecord wanted, boolean waited, int place) {
        if (by.isEmpty()) {
            return new AllocateResult.Conflicting(List.of(), 0, List.of(), waited, place);
        }
        Hindrance hindrance = by.get();
        if (hindrance instanceof Hindrance.Rule rule) {
            return new AllocateResult.Rejected(rule.name(), rule.why());
        }
        if (hindrance instanceof Hindrance.Gone gone) {
            return new AllocateResult.Lost(gone.why());
        }
        List<Conflict> conflicts = conflicts(hindrance, wanted);
        int shown = Math.min(conflicts.size(), AllocateResult.Conflicting.MAX_SHOWN);
        return new AllocateResult.Conflicting(
                conflicts.subList(0, shown),
                conflicts.size() - shown,
                free(hindrance, ledger, id, wanted),
                waited,
                place);
    }

    private static List<Conflict> conflicts(Hindrance hindrance, TerritoryRecord wanted) {
        if (hindrance instanceof Hindrance.Blocked blocked) {
            return blocked.by().stream().map(Refusals::territory).toList();
        }
        if (hindrance instanceof Hindrance.Unsettled unsettled) {
            Territory territory = unsettled.by();
            return List.of(new Conflict(
                    territory.record().owner(),
                    Conflict.Kind.TERRITORY,
                    territory.id(),
                    "",
                    "",
                    territory.record().since(),
                    territory.record().title()));
        }
        if (hindrance instanceof Hindrance.Occupied occupied) {
            return occupied.by().stream()
                    .map(occupant -> new Conflict(
                            occupant.agent(),
                            Conflict.Kind.LOCK,
                            occupant.path().value(),
                            meeting(wanted, occupant),
                            occupant.path().value(),
                            occupant.since(),
                            occupant.reason()))
                    .toList();
        }
        if (hindrance instanceof Hindrance.Behind behind) {
            RequestRecord request = behind.request();
            return List.of(new Conflict(
                    request.agent(),
                    Conflict.Kind.REQUEST,
                    request.title(),
                    wanted.patterns()
                            .meets(request.patterns())
                            .map(meeting -> meeting.mine().value())
                            .orElse(""),
                    wanted.patterns()
                            .meets(request.patterns())
                            .map(meeting -> meeting.theirs().value())
                            .orElse(""),
                    request.since(),
                    request.title()));
        }
        return List.of();
    }

    private static Conflict territory(Atlas.Overlap overlap) {
        TerritoryRecord record = overlap.territory().record();
        return new Conflict(
                record.owner(),
                Conflict.Kind.TERRITORY,
                overlap.territory().id(),
                overlap.mine().value(),
                overlap.theirs().value(),
                record.since(),
                record.title());
    }

    private static String meeting(TerritoryRecord wanted, Occupant occupant) {
        return wanted.patterns().match(occupant.path()).map(PathPattern::value).orElse("");
    }

    /** The patterns that nobody has anything of. */
    private static List<String> free(Hindrance hindrance, Ledger ledger, String id, TerritoryRecord wanted) {
        Set<PathPattern> occupied = hindrance instanceof Hindrance.Occupied by
                ? wanted.patterns().patterns().stream()
                        .filter(pattern -> by.by().stream().anyMatch(o -> pattern.matches(o.path())))
                        .collect(Collectors.toSet())
                : Set.of();
        return ledger
                .look((atlas, version) -> atlas.free(id, wanted.patterns(), wanted.type(), wanted.parent()))
                .stream()
                .filter(pattern -> !occupied.contains(pattern))
                .map(PathPattern::value)
                .toList();
    }
}

package io.bumba.chaos;

import io.bumba.chaos.Finding.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Judges what those who asked for territories were told against what really happened. Pure.
 *
 * <p>{@link Rule#REFUSED_FOR_NOTHING}: everything that a refusal names was in the way at some moment of the call, and it
 * names something. A territory is in the way while it gives rights, has its owner or is kept for it, and has a path in
 * common; one that waits is, while nothing keeps it from what it asked for.
 */
final class TerritoryJudge {
    private final TerritoryReplay truth;
    private final Universe universe;
    private final List<Finding> findings = new ArrayList<>();

    private TerritoryJudge(TerritoryReplay truth, Universe universe) {
        this.truth = truth;
        this.universe = universe;
    }

    /** @param alive whether those who asked lived on, so that each is owed an answer */
    static List<Finding> answers(Collection<Asked> requests, TerritoryReplay truth, Universe universe, boolean alive) {
        TerritoryJudge judge = new TerritoryJudge(truth, universe);
        requests.forEach(asked -> judge.judge(asked, alive));
        return judge.findings;
    }

    /** Every territory that is in force has the patterns that somebody asked for. */
    static List<Finding> patterns(Collection<Asked> requests, TerritoryReplay truth) {
        Map<String, Set<Set<String>>> wanted = new HashMap<>();
        requests.forEach(asked ->
                wanted.computeIfAbsent(asked.title(), title -> new HashSet<>()).add(Set.copyOf(asked.patterns())));
        List<Finding> findings = new ArrayList<>();
        truth.states().forEach((id, spans) -> spans.stream()
                .map(span -> span.what().claimed())
                .filter(Claimed::established)
                .filter(claimed ->
                        !wanted.getOrDefault(claimed.title(), Set.of()).contains(Set.copyOf(claimed.patterns())))
                .findFirst()
                .ifPresent(claimed -> findings.add(new Finding(
                        Rule.HALF_GRANTED,
                        "territory " + id + " is " + claimed + ", asked for were " + wanted.get(claimed.title())))));
        return findings;
    }

    private void judge(Asked asked, boolean alive) {
        if (asked.outcome().equals(Asked.UNANSWERED)) {
            if (alive) {
                findings.add(new Finding(Rule.UNANSWERED, asked.toString()));
            }
        } else if (asked.isGranted()) {
            boolean was = truth.states().getOrDefault(asked.territory(), List.of()).stream()
                    .filter(span -> span.reaches(asked.begin(), asked.end()))
                    .map(span -> span.what().claimed())
                    .anyMatch(claimed -> claimed.active()
                            && claimed.owner().equals(asked.agent())
                            && claimed.title().equals(asked.title())
                            && Set.copyOf(claimed.patterns()).equals(Set.copyOf(asked.patterns())));
            if (!was) {
                findings.add(new Finding(Rule.NEVER_ACTIVE, asked.toString()));
            }
        } else if (asked.outcome().equals("Conflicting")) {
            judgeRefusal(asked);
        } else if (!asked.outcome().equals("Deadlock")) {
            findings.add(new Finding(Rule.REFUSED_FOR_NOTHING, asked.toString()));
        }
    }

    private void judgeRefusal(Asked asked) {
        if (asked.conflicts().isEmpty() && !asked.patient()) {
            findings.add(new Finding(Rule.REFUSED_FOR_NOTHING, asked + " names nothing"));
        }
        for (Asked.InTheWay named : asked.conflicts()) {
            boolean was =
                    switch (named.kind()) {
                        case "TERRITORY" -> wasTerritory(asked, named.what());
                        case "LOCK" -> wasLock(asked, named);
                        default -> wasAsking(asked, named);
                    };
            if (!was) {
                findings.add(new Finding(
                        Rule.REFUSED_FOR_NOTHING, asked + ": " + named + " was not in its way; " + evidence(named)));
            }
        }
    }

    private String evidence(Asked.InTheWay named) {
        return truth.states().getOrDefault(named.what(), List.of()).stream()
                .map(span -> span.from() + ".." + span.to() + " " + span.what())
                .toList()
                .toString();
    }

    private boolean wasTerritory(Asked asked, String id) {
        return truth.states().getOrDefault(id, List.of()).stream()
                .filter(span -> span.reaches(asked.begin(), asked.end()))
                .map(Span::what)
                .anyMatch(state -> state.claimed().established()
                        && (state.owned() || !state.claimed().active())
                        && Claimed.exclude(state.claimed().type(), asked.type())
                        && universe.meet(state.claimed().patterns(), asked.patterns()));
    }

    private boolean wasLock(Asked asked, Asked.InTheWay named) {
        return universe.area(asked.patterns()).contains(named.what())
                && truth.occupants(named.what()).stream()
                        .filter(span -> span.reaches(asked.begin(), asked.end()))
                        .map(Span::what)
                        .anyMatch(who -> who.agent().equals(named.agent())
                                && (asked.type().equals("EXCLUSIVE")
                                        ? !who.agent().equals(asked.agent())
                                        : asked.type().equals("SHARED") && who.exclusive()));
    }

    private boolean wasAsking(Asked asked, Asked.InTheWay named) {
        return truth.waits(named.agent()).stream()
                .filter(span -> span.reaches(asked.begin(), asked.end()))
                .filter(span -> span.what().title().equals(named.what())
                        && Claimed.exclude(span.what().type(), asked.type())
                        && universe.meet(span.what().patterns(), asked.patterns()))
                .anyMatch(span -> wasFree(
                        span.what(), Math.max(asked.begin(), span.from()), Math.min(asked.end(), span.to() - 1)));
    }

    /** Whether at some zxid between the two nothing kept it from what it waited for. */
    private boolean wasFree(TerritoryReplay.Waiting who, long begin, long end) {
        long at = begin;
        List<Span<TerritoryReplay.State>> inItsWay = truth.states().entrySet().stream()
                .filter(entry -> !entry.getKey().equals(who.territory()))
                .flatMap(entry -> entry.getValue().stream())
                .filter(span -> span.reaches(begin, end))
                .filter(span -> Claimed.exclude(span.what().claimed().type(), who.type())
                        && universe.meet(span.what().claimed().taken(), who.patterns()))
                .sorted(Comparator.comparingLong(Span::from))
                .toList();
        for (Span<TerritoryReplay.State> span : inItsWay) {
            if (span.from() > at) {
                return true;
            }
            at = Math.max(at, span.to());
        }
        return at <= end;
    }
}

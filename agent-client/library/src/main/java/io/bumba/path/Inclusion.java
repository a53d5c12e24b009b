package io.bumba.path;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides whether every valid path of some routes belongs to one of some others, exactly. Looks for a path that does not: reads, code
 * point by code point, all paths of the former, and keeps for each the set of places where the latter may be (the subset
 * construction, made as far as needed). Of two such sets at one place only the smaller is followed: what the larger fails to match the
 * smaller fails to match too. The sets can be very many for patterns made for that, so the work is limited.
 */
final class Inclusion {
    /** How much of a segment has been read. What is only dots is no segment. */
    private enum Segment {
        /** Nothing of the whole path. */
        NONE,
        /** The separator before it; every path is read with one in front. */
        BEGUN,
        ONE_DOT,
        TWO_DOTS,
        WHOLE
    }

    /** @param place in the part; @param others where the whole may be */
    private record State(int place, Segment segment, BitSet others) {}

    private record Place(int place, Segment segment) {}

    private final Reading part;
    private final Reading whole;
    private final Work work;
    private final Deque<State> open = new ArrayDeque<>();
    private final Map<Place, List<BitSet>> seen = new HashMap<>();

    private Inclusion(Reading part, Reading whole, Work work) {
        this.part = part;
        this.whole = whole;
        this.work = work;
    }

    /** Whether every path that the part's routes match is matched by the whole's. */
    static boolean holds(List<Route> part, List<Route> whole, Work work) {
        for (Route route : part) {
            List<Route> useful =
                    whole.stream().filter(other -> other.meets(route, work)).toList();
            Inclusion inclusion = new Inclusion(new Reading(List.of(route)), new Reading(useful), work);
            if (!inclusion.holds()) {
                return false;
            }
        }
        return true;
    }

    private boolean holds() {
        push(part.start(), Segment.NONE, whole.start());
        while (!open.isEmpty()) {
            State state = open.removeLast();
            if (isCounterexample(state)) {
                return false;
            }
            if (!whole.matchesAllFrom(state.others())) {
                readSeparator(state);
                readCodePoint(state);
            }
        }
        return true;
    }

    private boolean isCounterexample(State state) {
        return state.segment() == Segment.WHOLE && part.isEnd(state.place()) && !whole.hasEnd(state.others());
    }

    private void readSeparator(State state) {
        if (state.segment() != Segment.NONE && state.segment() != Segment.WHOLE) {
            return;
        }
        BitSet places = part.afterSeparator(state.place());
        if (!places.isEmpty()) {
            push(places, Segment.BEGUN, whole.afterSeparator(state.others(), work));
        }
    }

    private void readCodePoint(State state) {
        if (state.segment() == Segment.NONE || !part.readsCodePoint(state.place())) {
            return;
        }
        CodePointSet possible = part.codePoints(state.place());
        BitSet places = part.afterCodePoint(state.place());
        int[] cuts = cuts(state, possible);
        for (int i = 0; i + 1 < cuts.length; i++) {
            int codePoint = CodePointSet.firstUsed(cuts[i], cuts[i + 1] - 1);
            if (codePoint >= 0 && possible.contains(codePoint)) {
                push(places, after(state.segment(), codePoint), whole.afterCodePoint(state.others(), codePoint, work));
            }
        }
    }

    /** Between two of these, all code points are alike. */
    private int[] cuts(State state, CodePointSet possible) {
        List<CodePointSet> sets = new ArrayList<>();
        sets.add(possible);
        sets.add(CodePointSet.ONE_DOT);
        sets.add(CodePointSet.TWO_DOTS);
        whole.addCodePoints(state.others(), sets);
        return sets.stream()
                .flatMapToInt(CodePointSet::cuts)
                .sorted()
                .distinct()
                .toArray();
    }

    private static Segment after(Segment before, int codePoint) {
        if (before == Segment.BEGUN && CodePointSet.ONE_DOT.contains(codePoint)) {
            return Segment.ONE_DOT;
        }
        boolean two = before == Segment.BEGUN
                ? CodePointSet.TWO_DOTS.contains(codePoint)
                : before == Segment.ONE_DOT && CodePointSet.ONE_DOT.contains(codePoint);
        return two ? Segment.TWO_DOTS : Segment.WHOLE;
    }

    private void push(BitSet places, Segment segment, BitSet others) {
        for (int place = places.nextSetBit(0); place >= 0; place = places.nextSetBit(place + 1)) {
            // As much as is kept.
            work.steps(1 + others.length() / Long.SIZE);
            List<BitSet> known = seen.computeIfAbsent(new Place(place, segment), k -> new ArrayList<>());
            if (known.stream().noneMatch(set -> isSubset(set, others))) {
                known.removeIf(set -> isSubset(others, set));
                known.add(others);
                open.addLast(new State(place, segment, others));
            }
        }
    }

    private boolean isSubset(BitSet one, BitSet other) {
        work.step();
        for (int i = one.nextSetBit(0); i >= 0; i = one.nextSetBit(i + 1)) {
            if (!other.get(i)) {
                return false;
            }
        }
        return true;
    }
}

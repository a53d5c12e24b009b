package io.bumba.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether two patterns of a {@link PatternWorld} have a path in common, and whether one matches all that the other does, over
 * paths of any depth: names by trying all up to some length, depth by following both patterns at once. Names that the same
 * segments of both match are alike, so one of them is followed. Without any code of {@link io.bumba.path.PathPattern}.
 */
final class PatternProduct {
    /** @param uncovered whether the other has a path that the one has not */
    record Answer(boolean meet, boolean uncovered) {}

    private static final int DONE = -1;
    private static final int INSIDE = -2;

    /** @param at the next segment, or one of the above */
    private record Place(int alternative, int at) {}

    private record State(Set<Place> one, Set<Place> other) {}

    private final List<String> names;
    private final Map<String, BitSet> matching = new HashMap<>();

    /** @param names all that there are in this world */
    PatternProduct(List<String> names) {
        this.names = names;
    }

    Answer compare(PatternOracle one, PatternOracle other) {
        List<String> representatives = representatives(one, other);
        State start = new State(start(one), start(other));
        Set<State> seen = new HashSet<>(Set.of(start));
        Deque<State> open = new ArrayDeque<>(seen);
        boolean meet = false;
        boolean uncovered = false;
        while (!open.isEmpty() && !(meet && uncovered)) {
            State state = open.remove();
            if (isEnd(state.other())) {
                meet |= isEnd(state.one());
                uncovered |= !isEnd(state.one());
            }
            for (String name : representatives) {
                State next = new State(after(one, state.one(), name), after(other, state.other(), name));
                if (!next.other().isEmpty() && seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return new Answer(meet, uncovered);
    }

    /** One of each kind of names. */
    private List<String> representatives(PatternOracle one, PatternOracle other) {
        Set<String> segments = new HashSet<>();
        one.alternatives().forEach(segments::addAll);
        other.alternatives().forEach(segments::addAll);
        segments.remove("**");
        BitSet all = new BitSet();
        all.set(0, names.size());
        List<BitSet> kinds = List.of(all);
        for (String segment : segments) {
            List<BitSet> finer = new ArrayList<>();
            for (BitSet kind : kinds) {
                BitSet in = (BitSet) kind.clone();
                in.and(matching(segment));
                BitSet out = (BitSet) kind.clone();
                out.andNot(matching(segment));
                finer.add(in);
                finer.add(out);
            }
            finer.removeIf(BitSet::isEmpty);
            kinds = finer;
        }
        return kinds.stream().map(kind -> names.get(kind.nextSetBit(0))).toList();
    }

    private BitSet matching(String segment) {
        return matching.computeIfAbsent(segment, s -> {
            BitSet set = new BitSet();
            for (int i = 0; i < names.size(); i++) {
                set.set(i, PatternOracle.matches(s, names.get(i)));
            }
            return set;
        });
    }

    private static Set<Place> start(PatternOracle pattern) {
        Set<Place> places = new HashSet<>();
        for (int i = 0; i < pattern.alternatives().size(); i++) {
            open(pattern, i, 0, places);
        }
        return places;
    }

    private static boolean isEnd(Set<Place> places) {
        return places.stream().anyMatch(place -> place.at() < 0);
    }

    private static Set<Place> after(PatternOracle pattern, Set<Place> places, String name) {
        Set<Place> after = new HashSet<>();
        for (Place place : places) {
            if (place.at() == INSIDE) {
                after.add(place);
            } else if (place.at() != DONE) {
                List<String> segments = pattern.alternatives().get(place.alternative());
                String segment = segments.get(place.at());
                boolean isLast = place.at() == segments.size() - 1;
                if (segment.equals("**")) {
                    open(pattern, place.alternative(), isLast ? INSIDE : place.at(), after);
                } else if (PatternOracle.matches(segment, name)) {
                    int next = !isLast ? place.at() + 1 : PatternOracle.isTree(segment) ? INSIDE : DONE;
                    open(pattern, place.alternative(), next, after);
                }
            }
        }
        return after;
    }

    /** Adds this place and, of stars that are not the last, the one behind. */
    private static void open(PatternOracle pattern, int alternative, int at, Set<Place> to) {
        to.add(new Place(alternative, at));
        List<String> segments = pattern.alternatives().get(alternative);
        if (at >= 0 && at < segments.size() - 1 && segments.get(at).equals("**")) {
            open(pattern, alternative, at + 1, to);
        }
    }
}

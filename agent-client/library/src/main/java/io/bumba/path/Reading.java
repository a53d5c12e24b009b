package io.bumba.path;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Some routes as an automaton that reads paths code point by code point, with a separator in front of each segment. A
 * place is what is to be read next; the places of a route follow one another, and a star may also be passed over. It
 * relies on the reader for that segments are valid: not empty, for instance.
 */
final class Reading {
    private enum Kind {
        SEPARATOR,
        ONE,
        /** Any code points, here or passed over. */
        RUN,
        /** Any segments; here to begin the first, or passed over. */
        REST,
        /** Any code points and separators, here or passed over; follows REST. */
        INSIDE,
        END
    }

    private final List<Kind> kinds = new ArrayList<>();
    private final List<CodePointSet> sets = new ArrayList<>();
    private final BitSet starts = new BitSet();
    private final BitSet ends = new BitSet();

    /** Places from which everything matches: inside a rest at the end. */
    private final BitSet all = new BitSet();

    Reading(List<Route> routes) {
        routes.forEach(this::add);
    }

    private void add(Route route) {
        int start = kinds.size();
        for (int i = 0; i < route.length(); i++) {
            Element element = route.element(i);
            if (element instanceof Name name) {
                add(Kind.SEPARATOR, CodePointSet.ANY);
                name.text().codePoints().forEach(c -> add(Kind.ONE, CodePointSet.of(c)));
            } else if (element instanceof Glob glob) {
                add(Kind.SEPARATOR, CodePointSet.ANY);
                for (int j = 0; j < glob.length(); j++) {
                    add(glob.isStar(j) ? Kind.RUN : Kind.ONE, glob.codePoints(j));
                }
            } else {
                add(Kind.REST, CodePointSet.ANY);
                add(Kind.INSIDE, CodePointSet.ANY);
            }
        }
        if (route.isStar(route.length() - 1)) {
            all.set(kinds.size() - 1);
        }
        ends.set(kinds.size());
        add(Kind.END, CodePointSet.ANY);
        open(start, starts);
    }

    private void add(Kind kind, CodePointSet set) {
        kinds.add(kind);
        sets.add(set);
    }

    /** Sets this place and those reached from it by passing over. */
    private void open(int place, BitSet places) {
        int next = place;
        while (true) {
            places.set(next);
            switch (kinds.get(next)) {
                case RUN, INSIDE -> next += 1;
                case REST -> next += 2;
                default -> {
                    return;
                }
            }
        }
    }

    BitSet start() {
        return starts;
    }

    boolean isEnd(int place) {
        return ends.get(place);
    }

    boolean hasEnd(BitSet places) {
        return ends.intersects(places);
    }

    boolean matchesAllFrom(BitSet places) {
        return all.intersects(places);
    }

    BitSet afterSeparator(int place) {
        BitSet after = new BitSet();
        switch (kinds.get(place)) {
            case SEPARATOR, REST -> open(place + 1, after);
            case INSIDE -> open(place, after);
            default -> {
                // It reads none.
            }
        }
        return after;
    }

    BitSet afterSeparator(BitSet places, Work work) {
        BitSet after = new BitSet();
        for (int place = places.nextSetBit(0); place >= 0; place = places.nextSetBit(place + 1)) {
            work.step();
            after.or(afterSeparator(place));
        }
        return after;
    }

    boolean readsCodePoint(int place) {
        return switch (kinds.get(place)) {
            case ONE, RUN, INSIDE -> true;
            case SEPARATOR, REST, END -> false;
        };
    }

    /** What may be read at a place that reads code points. */
    CodePointSet codePoints(int place) {
        return sets.get(place);
    }

    /** After any that may be read at a place that reads code points. */
    BitSet afterCodePoint(int place) {
        BitSet after = new BitSet();
        open(kinds.get(place) == Kind.ONE ? place + 1 : place, after);
        return after;
    }

    BitSet afterCodePoint(BitSet places, int codePoint, Work work) {
        BitSet after = new BitSet();
        for (int place = places.nextSetBit(0); place >= 0; place = places.nextSetBit(place + 1)) {
            work.step();
            if (readsCodePoint(place) && codePoints(place).contains(codePoint)) {
                open(kinds.get(place) == Kind.ONE ? place + 1 : place, after);
            }
        }
        return after;
    }

    /** Adds what may be read at those of these places that read code points. */
    void addCodePoints(BitSet places, List<CodePointSet> to) {
        for (int place = places.nextSetBit(0); place >= 0; place = places.nextSetBit(place + 1)) {
            if (kinds.get(place) == Kind.ONE) {
                to.add(sets.get(place));
            }
        }
    }
}

package io.bumba.path;

/**
 * Elements in a row, some of which are <em>stars</em>: each stands for any run of elements, the empty one too. A {@link
 * Glob} is a row of code points, a {@link Route} one of segments. No two stars are neighbours.
 *
 * <p>Whether two rows have a word in common needs no product of automata. If both have a star, it is enough that what
 * stands before their first stars agrees as far as the shorter goes, and what stands after their last: whatever
 * stands between goes into a word one row after the other, each inside the other's star. If one has none, the parts between the stars of the other are looked for from
 * left to right, each as early as possible. Every element of the row without stars is met by one element or a star,
 * whatever its neighbours are, so that taking the earliest place loses nothing.
 */
abstract class Wild {
    /** Whether the element here of one row, and the element there of the other, have something in common. */
    interface Meeting {
        boolean at(int here, int there);
    }

    private final int length;
    private final int head;
    private final int tail;
    private final int stars;

    /** @param stars whether each element is a star */
    Wild(boolean[] stars) {
        length = stars.length;
        int first = 0;
        int last = 0;
        int count = 0;
        for (int i = 0; i < length; i++) {
            if (stars[i]) {
                first = count == 0 ? i : first;
                last = i;
                count++;
            }
        }
        this.stars = count;
        head = count == 0 ? length : first;
        tail = count == 0 ? length : length - 1 - last;
    }

    abstract boolean isStar(int index);

    final int length() {
        return length;
    }

    /** How many elements stand before the first star. */
    final int head() {
        return head;
    }

    /** How many elements stand after the last star. */
    final int tail() {
        return tail;
    }

    final boolean hasStar() {
        return stars > 0;
    }

    /** The elements of the shortest words. */
    final int least() {
        return length - stars;
    }

    /** Whether a word belongs to both. */
    static boolean meet(Wild one, Wild other, Meeting meeting) {
        if (one.hasStar() && other.hasStar()) {
            return one.endsMeet(other, meeting);
        }
        return one.hasStar()
                ? one.fits(other.length, meeting)
                : other.fits(one.length, (here, there) -> meeting.at(there, here));
    }

    private boolean endsMeet(Wild other, Meeting meeting) {
        for (int i = 0; i < Math.min(head, other.head); i++) {
            if (!meeting.at(i, i)) {
                return false;
            }
        }
        for (int i = 1; i <= Math.min(tail, other.tail); i++) {
            if (!meeting.at(length - i, other.length - i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a word of exactly this many elements belongs to this. */
    final boolean fits(int count, Meeting meeting) {
        if (count < least() || (!hasStar() && count > length)) {
            return false;
        }
        for (int i = 0; i < head; i++) {
            if (!meeting.at(i, i)) {
                return false;
            }
        }
        return !hasStar() || (tailFits(count, meeting) && middleFits(count, meeting));
    }

    private boolean tailFits(int count, Meeting meeting) {
        for (int i = 1; i <= tail; i++) {
            if (!meeting.at(length - i, count - i)) {
                return false;
            }
        }
        return true;
    }

    private boolean middleFits(int count, Meeting meeting) {
        int place = head;
        int from = head + 1;
        while (from < length - tail) {
            int to = from;
            while (!isStar(to)) {
                to++;
            }
            place = find(from, to, place, count - tail, meeting);
            if (place < 0) {
                return false;
            }
            place += to - from;
            from = to + 1;
        }
        return true;
    }

    private static int find(int from, int to, int place, int end, Meeting meeting) {
        for (int p = place; p + to - from <= end; p++) {
            int i = from;
            while (i < to && meeting.at(i, p + i - from)) {
                i++;
            }
            if (i == to) {
                return p;
            }
        }
        return -1;
    }
}

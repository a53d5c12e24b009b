package io.bumba.lock;

/**
 * The zxid at which a contender was created. Conflicting grants of one file carry strictly increasing tokens, also after
 * the lock's znodes were reaped and made again, so a resource that remembers the largest token it saw can refuse an
 * older holder (P1).
 *
 * @param zxid positive
 */
public record FencingToken(long zxid) implements Comparable<FencingToken> {
    public FencingToken {
        if (zxid <= 0) {
            throw new IllegalArgumentException("fencing token " + zxid + " is not positive");
        }
    }

    @Override
    public int compareTo(FencingToken other) {
        return Long.compare(zxid, other.zxid);
    }

    @Override
    public String toString() {
        return Long.toString(zxid);
    }
}

package io.bumba.lock;

/**
 * The zxid at which a contender was created. Conflicting grants of one file carry strictly increasing tokens, also after
 * the lock's znodes were reaped and made again, so a resource that remembers the largest token it saw can refuse an
 * older holder (P1). A local grant has the zxid of its territory's last change and counts from there.
 *
 * @param zxid positive
 * @param count of the local grants since that zxid, from 1 on; 0 for a grant that has a contender
 */
public record FencingToken(long zxid, long count) implements Comparable<FencingToken> {
    public FencingToken {
        if (zxid <= 0) {
            throw new IllegalArgumentException("fencing token " + zxid + " is not positive");
        }
        if (count < 0) {
            throw new IllegalArgumentException("fencing token " + zxid + " has the negative count " + count);
        }
    }

    /** The token of a grant that has a contender. */
    public FencingToken(long zxid) {
        this(zxid, 0);
    }

    @Override
    public int compareTo(FencingToken other) {
        int byZxid = Long.compare(zxid, other.zxid);
        return byZxid != 0 ? byZxid : Long.compare(count, other.count);
    }

    /** The zxid, and after a dot the count, if there is one. */
    @Override
    public String toString() {
        return count == 0 ? Long.toString(zxid) : zxid + "." + count;
    }
}

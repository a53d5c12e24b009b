package io.bumba.territory;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.lock.FencingToken;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockMode;
import io.bumba.testkit.LockChecker;
import io.bumba.testkit.LockHistory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/**
 * Who held what under which token, local grants and real ones alike, for {@link LockChecker}: a grant counts from when it was
 * seen valid after it was given to when it was last seen valid, by the monotonic clock of the machine. Thread-safe.
 */
final class GrantHistory {
    /** What is known of one grant under one token. */
    static final class Entry {
        private final String agent;
        private final String path;
        private final LockMode mode;
        private final FencingToken token;
        private final long from;
        private long validAt;

        private Entry(String agent, String path, LockMode mode, FencingToken token, long from) {
            this.agent = agent;
            this.path = path;
            this.mode = mode;
            this.token = token;
            this.from = from;
            this.validAt = from;
        }

        String path() {
            return path;
        }

        LockMode mode() {
            return mode;
        }

        FencingToken token() {
            return token;
        }

        long from() {
            return from;
        }

        long validAt() {
            return validAt;
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    /** What a process said of a grant that it had. */
    synchronized Entry seen(String agent, String path, LockMode mode, FencingToken token, long nanos) {
        Entry entry = new Entry(agent, path, mode, token, nanos);
        entries.add(entry);
        return entry;
    }

    synchronized void stillValid(Entry entry, long nanos) {
        entry.validAt = Math.max(entry.validAt, nanos);
    }

    /** Looks until it is no longer valid, or so many times; a token that changes begins another entry. */
    void watch(String agent, LockGrant grant, int looks) {
        Entry now = null;
        for (int i = 0; i < looks; i++) {
            FencingToken token = grant.token();
            LockMode mode = grant.mode();
            long nanos = System.nanoTime();
            // Valid afterwards, so it was then; a token that is the same afterwards was that of then.
            if (!grant.isValid()) {
                return;
            }
            if (!token.equals(grant.token()) || mode != grant.mode()) {
                continue;
            }
            if (now == null || !now.token.equals(token) || now.mode != mode) {
                now = seen(agent, grant.path().value(), mode, token, nanos);
            } else {
                stillValid(now, nanos);
            }
            Thread.onSpinWait();
        }
    }

    synchronized List<Entry> of(String agent) {
        return entries.stream().filter(entry -> entry.agent.equals(agent)).toList();
    }

    /** How many grants the agent had of a file. */
    long count(String agent, String path) {
        return of(agent).stream().filter(entry -> entry.path.equals(path)).count();
    }

    /** No two conflicting grants overlapped, and the tokens of conflicting ones rose. */
    synchronized void assertSafe() {
        assertThat(entries).as("what was held").isNotEmpty();
        List<FencingToken> order =
                new ArrayList<>(new TreeSet<>(entries.stream().map(Entry::token).toList()));
        List<LockHistory.Op> ops = entries.stream()
                .map(entry -> new LockHistory.Op(
                        entry.agent,
                        entry.path,
                        entry.mode,
                        Collections.binarySearch(order, entry.token) + 1L,
                        entry.from,
                        entry.validAt,
                        entry.validAt))
                .toList();
        assertThat(LockChecker.check(ops).stream()
                        // Threads of one agent share a grant, and see each other's at other times.
                        .filter(violation -> violation.rule() != LockChecker.Rule.TOKEN_REUSED
                                || !violation
                                        .first()
                                        .agent()
                                        .equals(violation.second().agent()))
                        .map(violation -> violation + " with tokens "
                                + name(order, violation.first()) + " and "
                                + name(order, violation.second())))
                .as("violations; the tokens in the holds are ranks")
                .isEmpty();
    }

    private static FencingToken name(List<FencingToken> order, LockHistory.Op op) {
        return order.get(Math.toIntExact(op.token() - 1));
    }
}

package io.bumba.cli;

import io.bumba.BumbaException;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockMode;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockResult;
import io.bumba.lock.Priority;
import io.bumba.lock.ReleaseResult;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Several files, all held or none. They are taken in the order of their names, so two of these cannot wait for each
 * other, under one total deadline. Not thread-safe.
 */
final class LockSet {
    /** How one file is asked for. */
    interface Locker {
        LockResult acquire(RepoPath path, LockOptions options) throws InterruptedException;
    }

    private final List<LockGrant> grants;

    private LockSet(List<LockGrant> grants) {
        this.grants = List.copyOf(grants);
    }

    /**
     * Takes them all. What was taken is given back when one is refused.
     *
     * @param paths in any order; the same file twice counts once
     * @param wait the deadline for all together
     * @param ticker nanoseconds, for the deadline
     * @param news is told whom we wait for
     * @throws CliException HELD with whom to ask and what to do; UNREACHABLE when the session ended
     */
    static LockSet acquire(
            Locker locker,
            Collection<RepoPath> paths,
            LockMode mode,
            Duration wait,
            String reason,
            LongSupplier ticker,
            Consumer<String> news)
            throws InterruptedException {
        long began = ticker.getAsLong();
        List<LockGrant> taken = new ArrayList<>();
        boolean complete = false;
        try {
            for (RepoPath path : new TreeSet<>(paths)) {
                LockOptions now = new LockOptions(mode, Duration.ZERO, Priority.NORMAL, reason, null, null);
                LockResult result = locker.acquire(path, now);
                if (result.grant().isEmpty() && result instanceof LockResult.Held && !wait.isZero()) {
                    news.accept(result.message());
                    Duration left = wait.minusNanos(ticker.getAsLong() - began);
                    result = locker.acquire(
                            path,
                            new LockOptions(
                                    mode,
                                    left.isNegative() ? Duration.ZERO : left,
                                    Priority.NORMAL,
                                    reason,
                                    null,
                                    null));
                }
                taken.add(result.grant().orElseThrow(refusal(result, wait)));
            }
            complete = true;
            return new LockSet(taken);
        } finally {
            if (!complete) {
                releaseQuietly(taken);
            }
        }
    }

    private static java.util.function.Supplier<CliException> refusal(LockResult result, Duration wait) {
        return () -> result instanceof LockResult.Lost
                ? new CliException(ExitCode.UNREACHABLE, result.message() + "; nothing was run, try again")
                : new CliException(
                        ExitCode.HELD,
                        result.message() + "; nothing was run"
                                + (wait.isZero() ? ", --wait 30s would wait for it" : ""));
    }

    List<LockGrant> grants() {
        return grants;
    }

    /** {@code path=token}, one line each; the token is what follows the last {@code =}. */
    String tokens() {
        StringBuilder lines = new StringBuilder();
        for (LockGrant grant : grants) {
            lines.append(lines.isEmpty() ? "" : "\n")
                    .append(grant.path())
                    .append('=')
                    .append(grant.token());
        }
        return lines.toString();
    }

    /**
     * Gives all back, the last one first.
     *
     * @return the files whose lock had ended before: what was done to them was not protected
     */
    List<RepoPath> release(Consumer<String> news) {
        List<RepoPath> lost = new ArrayList<>();
        for (int i = grants.size() - 1; i >= 0; i--) {
            LockGrant grant = grants.get(i);
            // What counts is whether it was held until now; that the release is not confirmed harms nobody but waiters.
            boolean heldToTheEnd = grant.isValid();
            try {
                if (grant.release() == ReleaseResult.LOST) {
                    lost.add(grant.path());
                }
            } catch (BumbaException e) {
                if (heldToTheEnd) {
                    news.accept(String.valueOf(e.getMessage()));
                } else {
                    lost.add(grant.path());
                }
            }
        }
        return lost;
    }

    private static void releaseQuietly(List<LockGrant> taken) {
        for (int i = taken.size() - 1; i >= 0; i--) {
            try {
                taken.get(i).release();
            } catch (BumbaException e) {
                // The end of the session, which follows, releases it.
            }
        }
    }
}

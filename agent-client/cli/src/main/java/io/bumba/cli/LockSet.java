package io.bumba.cli;

import io.bumba.BumbaException;
import io.bumba.lock.GrantSet;
import io.bumba.lock.LockAllResult;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockResult;
import io.bumba.lock.ReleaseResult;
import io.bumba.path.PathSet;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The files of one {@code bumba run}, all held. Not thread-safe. */
final class LockSet {
    private final List<LockGrant> grants;

    private LockSet(GrantSet held) {
        this.grants = held.grants();
    }

    /**
     * Takes them all, or none.
     *
     * @param options their patience, which must be given, is the deadline for all together
     * @param ticker nanoseconds, for the deadline
     * @param news is told whom we wait for
     * @throws CliException HELD with whom to ask and what to do; UNREACHABLE when the session ended
     */
    static LockSet acquire(
            Locker locker, PathSet paths, LockOptions options, LongSupplier ticker, Consumer<String> news)
            throws InterruptedException {
        Duration wait = Objects.requireNonNull(options.patience(), "the wait for all together");
        long began = ticker.getAsLong();
        LockAllResult result = await(locker.lockAll(paths, options.waiting(Duration.ZERO)));
        if (!wait.isZero() && refusal(result) instanceof LockResult.Held held) {
            news.accept(held.message());
            Duration left = wait.minusNanos(ticker.getAsLong() - began);
            result = await(locker.lockAll(paths, options.waiting(left.isNegative() ? Duration.ZERO : left)));
        }
        if (result instanceof LockAllResult.Granted granted) {
            return new LockSet(granted.held());
        }
        if (refusal(result) instanceof LockResult.Lost) {
            throw new CliException(ExitCode.UNREACHABLE, result.message() + "; nothing was run, try again");
        }
        boolean waitingHelps = wait.isZero() && !(refusal(result) instanceof LockResult.TerritoryForbids);
        throw new CliException(
                ExitCode.HELD,
                result.message() + "; nothing was run" + (waitingHelps ? ", --wait 30s would wait for it" : ""));
    }

    private static LockAllResult await(CompletableFuture<LockAllResult> asked) throws InterruptedException {
        try {
            return asked.get();
        } catch (InterruptedException e) {
            asked.cancel(false);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known
                    ? known
                    : new IllegalStateException("could not lock", e);
        }
    }

    private static Object refusal(LockAllResult result) {
        return result instanceof LockAllResult.Refused refused ? refused.why() : result;
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
}

package io.bumba.cli;

import io.bumba.path.PathPatterns;
import io.bumba.territory.AllocateResult;
import io.bumba.territory.Revocation;
import io.bumba.territory.TerritoryGrant;
import io.bumba.territory.TerritoryRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the agent of a session owns. A territory that was lost stays here, and every question about it is refused, until it
 * is released: so nobody goes on as if it were owned. Thread-safe.
 */
final class SessionTerritories {
    /** How long a release waits for its confirmation. */
    private static final Duration CONFIRMED = Duration.ofSeconds(10);

    /** One territory, owned now. */
    record Item(TerritoryGrant grant, Instant since) {}

    /** One territory as this session has it; guarded by the outer object. */
    private static final class Entry {
        private final TerritoryGrant grant;
        private final Instant since;
        private final CompletableFuture<Void> attended = new CompletableFuture<>();
        private @Nullable String revoked;
        private @Nullable String loss;

        Entry(TerritoryGrant grant, Instant since) {
            this.grant = grant;
            this.since = since;
        }
    }

    private final Allocator allocator;
    private final InstantSource time;
    private final Executor executor;
    private final Function<String, String> whys;
    private final Consumer<String> news;
    private final Consumer<String> onLost;
    private final Map<String, Entry> entries = new TreeMap<>();

    /**
     * @param executor where news of a territory is worked on
     * @param whys why a territory ended, in brackets or empty; asked once
     * @param news is told of what needs to be done soon
     * @param onLost is told of a loss once
     */
    SessionTerritories(
            Allocator allocator,
            InstantSource time,
            Executor executor,
            Function<String, String> whys,
            Consumer<String> news,
            Consumer<String> onLost) {
        this.allocator = allocator;
        this.time = time;
        this.executor = executor;
        this.whys = whys;
        this.news = news;
        this.onLost = onLost;
    }

    /** Allocates. Fails with {@code TerritoryRefusedException}. Cancelling leaves nothing behind. */
    CompletableFuture<Item> claim(TerritoryRequest request) {
        return Cancellable.map(
                allocator.allocate(request), result -> admit(result.orElseThrow()), item -> withdraw(item.grant()));
    }

    /** Gives back what nobody heard that it has. */
    void withdraw(TerritoryGrant grant) {
        synchronized (this) {
            entries.remove(grant.id());
        }
        grant.releaseAsync();
    }

    /**
     * What is owned now.
     *
     * @throws CliException LOST when something was lost and not released since, UNREACHABLE when it cannot be known
     */
    synchronized List<Item> owned() {
        for (Entry entry : entries.values()) {
            if (entry.loss != null) {
                throw new CliException(
                        ExitCode.LOST,
                        entry.loss
                                + ": what was done there since is not protected; look at the files, then 'bumba release "
                                + entry.grant.id() + "'");
            }
            if (!entry.grant.isValid() && entry.revoked == null) {
                throw new CliException(
                        ExitCode.UNREACHABLE,
                        "no connection to ZooKeeper, so nobody knows whether territory " + entry.grant.id()
                                + " is still this session's; write nothing, and ask again");
            }
        }
        return entries.values().stream()
                .map(entry -> new Item(entry.grant, entry.since))
                .toList();
    }

    /** The losses that were not acknowledged by a release. */
    synchronized List<String> losses() {
        return entries.values().stream()
                .flatMap(entry -> Optional.ofNullable(entry.loss).stream())
                .toList();
    }

    /** Releases. Fails with NOT_HELD, or with LOST when it had been lost, which is then taken as known. */
    CompletableFuture<Void> release(String id) {
        Entry entry;
        synchronized (this) {
            entry = entries.remove(id);
        }
        if (entry == null) {
            return CompletableFuture.failedFuture(notOurs(id));
        }
        return entry.grant
                .releaseAsync()
                .toCompletableFuture()
                .orTimeout(CONFIRMED.toNanos(), TimeUnit.NANOSECONDS)
                .handle((held, failure) -> {
                    entry.attended.complete(null);
                    requireNoLoss(entry, held, id);
                    if (failure != null) {
                        throw new CliException(
                                ExitCode.PROBLEM,
                                "ZooKeeper did not confirm the release of territory " + id
                                        + "; it goes on in the background, at the latest until this session ends",
                                failure);
                    }
                    return null;
                });
    }

    private void requireNoLoss(Entry entry, @Nullable Boolean held, String id) {
        String loss;
        synchronized (this) {
            loss = entry.loss;
        }
        if (loss == null && Boolean.FALSE.equals(held)) {
            loss = "territory " + id + " had been lost" + whys.apply(id);
        }
        if (loss != null) {
            throw new CliException(
                    ExitCode.LOST,
                    loss + ": what was done there since is not protected; look at the files before you claim it again");
        }
    }

    /** Other patterns instead. Fails with {@code TerritoryRefusedException}, NOT_HELD, LOST. */
    CompletableFuture<TerritoryGrant> resize(String id, UnaryOperator<PathPatterns> change) {
        Entry entry;
        synchronized (this) {
            entry = entries.get(id);
        }
        if (entry == null) {
            return CompletableFuture.failedFuture(notOurs(id));
        }
        return entry.grant
                .resize(change.apply(entry.grant.patterns()))
                .thenApply(AllocateResult::orElseThrow)
                .toCompletableFuture();
    }

    /**
     * Completes when the territory is released; fails with LOST when it is lost, or when whoever works in it must stop
     * because of a revocation. Cancelling gives it back: whoever attended to it is gone.
     */
    CompletableFuture<Void> attend(String id) {
        Entry entry;
        synchronized (this) {
            entry = entries.get(id);
        }
        if (entry == null) {
            return CompletableFuture.failedFuture(notOurs(id));
        }
        CompletableFuture<Void> attention = new CompletableFuture<>();
        CompletableFuture<Void> unused = entry.attended.whenComplete((done, failure) -> {
            if (failure == null) {
                attention.complete(null);
            } else {
                attention.completeExceptionally(Cancellable.cause(failure));
            }
        });
        CompletableFuture<Void> unusedToo = attention.whenComplete((done, failure) -> {
            if (attention.isCancelled()) {
                withdraw(entry.grant);
            }
        });
        return attention;
    }

    private Item admit(TerritoryGrant grant) {
        Entry entry = new Entry(grant, time.instant().truncatedTo(ChronoUnit.MILLIS));
        synchronized (this) {
            entries.put(grant.id(), entry);
        }
        grant.onLost(executor, () -> lost(entry, "territory " + grant.id() + " is lost"));
        grant.onRevoked(executor, revocation -> revoked(entry, revocation));
        return new Item(grant, entry.since);
    }

    private void revoked(Entry entry, Revocation revocation) {
        String id = entry.grant.id();
        String by = " by " + revocation.by() + " (" + revocation.reason() + ")";
        synchronized (this) {
            if (entries.get(id) != entry || entry.revoked != null) {
                return;
            }
            entry.revoked = by;
        }
        Duration grace = Duration.ofMillis(revocation.graceMillis());
        news.accept("territory " + id + " is being revoked" + by + "; it ends in " + Durations.words(grace)
                + ": finish what must be finished, then 'bumba release " + id + "'");
        String ended = "territory " + id + " was revoked" + by;
        later(
                grace.minus(Supervisor.GRACE),
                () -> entry.attended.completeExceptionally(new CliException(ExitCode.LOST, ended)));
        later(grace, () -> lost(entry, ended));
    }

    private void later(Duration delay, Runnable task) {
        CompletableFuture.delayedExecutor(Math.max(0, delay.toMillis()), TimeUnit.MILLISECONDS, executor)
                .execute(task);
    }

    private void lost(Entry entry, String what) {
        String id = entry.grant.id();
        String loss;
        synchronized (this) {
            if (entries.get(id) != entry || entry.loss != null) {
                return;
            }
            loss = entry.revoked != null ? "territory " + id + " was revoked" + entry.revoked : what + whys.apply(id);
            entry.loss = loss;
        }
        entry.attended.completeExceptionally(new CliException(ExitCode.LOST, loss));
        onLost.accept(loss);
    }

    private static CliException notOurs(String id) {
        return new CliException(
                ExitCode.NOT_HELD,
                "territory '" + Text.shortened(id, 80)
                        + "' is not this session's; 'bumba territories' lists its own, and only an operator ends those of"
                        + " others ('bumba revoke')");
    }
}

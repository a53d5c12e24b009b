package io.bumba.cli;

import io.bumba.BumbaException;
import io.bumba.territory.AllocateResult;
import io.bumba.territory.Revocation;
import io.bumba.territory.TerritoryGrant;
import io.bumba.territory.TerritoryRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** The territory of one {@code bumba claim} that has an agent of its own. Thread-safe. */
final class GrantedTerritory implements KeptTerritory {
    private final String agent;
    private final TerritoryGrant grant;
    private final Function<String, String> whys;
    private final CompletableFuture<String> end = new CompletableFuture<>();

    /** @param whys why a territory ended, in brackets or empty; asked once */
    GrantedTerritory(String agent, TerritoryGrant grant, Function<String, String> whys) {
        this.agent = agent;
        this.grant = grant;
        this.whys = whys;
    }

    /**
     * Asks for it, and says whom it waits for before it waits.
     *
     * @param ticker nanoseconds, for the request's patience
     */
    static AllocateResult allocate(
            Allocator allocator, TerritoryRequest request, LongSupplier ticker, Consumer<String> news)
            throws InterruptedException {
        long began = ticker.getAsLong();
        AllocateResult result = await(allocator.allocate(request.waitUpTo(Duration.ZERO)));
        if (request.patience().isZero() || !(result instanceof AllocateResult.Conflicting conflicting)) {
            return result;
        }
        Duration left = request.patience().minusNanos(ticker.getAsLong() - began);
        if (left.isZero() || left.isNegative()) {
            return new AllocateResult.Conflicting(
                    conflicting.conflicts(), conflicting.more(), conflicting.free(), true, 0);
        }
        news.accept(TerritoryAnswers.inTheWay(conflicting) + "; waiting");
        return await(allocator.allocate(request.waitUpTo(left)));
    }

    private static AllocateResult await(CompletableFuture<AllocateResult> asked) throws InterruptedException {
        try {
            return asked.get();
        } catch (InterruptedException e) {
            asked.cancel(false);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known
                    ? known
                    : new IllegalStateException("could not claim", e);
        }
    }

    /** Begins to listen. */
    GrantedTerritory watch(Consumer<String> news) {
        grant.onLost(Supervisor.threads(), () -> end.complete("territory " + id() + " is lost" + whys.apply(id())));
        grant.onRevoked(Supervisor.threads(), revocation -> revoked(revocation, news));
        return this;
    }

    /** What works inside is ended in time: when the grace is over it has had its {@link Supervisor#GRACE}, too. */
    private void revoked(Revocation revocation, Consumer<String> news) {
        Duration grace = Duration.ofMillis(revocation.graceMillis());
        String by = " by " + revocation.by() + " (" + revocation.reason() + ")";
        news.accept("territory " + id() + " is being revoked" + by + "; it ends in " + Durations.words(grace)
                + ": finish what must be finished");
        Duration left = grace.minus(Supervisor.GRACE);
        CompletableFuture.delayedExecutor(Math.max(0, left.toMillis()), TimeUnit.MILLISECONDS, Supervisor.threads())
                .execute(() -> end.complete("territory " + id() + " was revoked" + by));
    }

    @Override
    public String id() {
        return grant.id();
    }

    @Override
    public String agent() {
        return agent;
    }

    @Override
    public String area() {
        return TerritoryAnswers.area(grant);
    }

    TerritoryGrant grant() {
        return grant;
    }

    @Override
    public CompletableFuture<String> end() {
        return end;
    }

    @Override
    public Optional<String> release(Consumer<String> news) {
        // What counts is whether it was held until now; that the release is not confirmed harms nobody but waiters.
        boolean heldToTheEnd = grant.isValid();
        boolean lost;
        try {
            lost = !grant.release();
        } catch (BumbaException e) {
            lost = !heldToTheEnd;
            if (heldToTheEnd) {
                news.accept(String.valueOf(e.getMessage()));
            }
        }
        if (lost) {
            end.complete("territory " + id() + " was lost" + whys.apply(id()));
        }
        return Optional.ofNullable(end.getNow(null));
    }
}

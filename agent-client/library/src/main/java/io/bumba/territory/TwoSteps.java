package io.bumba.territory;

import io.bumba.lock.Occupancy;
import io.bumba.lock.Occupant;
import io.bumba.zk.Async;
import io.bumba.zk.Layout;
import io.bumba.zk.Session;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Carries a {@link Plan} out, or leaves nothing of it.
 *
 * <pre>
 *   first step --hindered--> hindrance, confirmed by a write
 *       | pending
 *       v
 *   who stands in the area? --others, and time left--> watch one of them, look again
 *       |          `--others, and no time left--> taken back, hindrance
 *       | nobody
 *       v
 *   second step --> done, or the first one is gone: begin anew
 * </pre>
 *
 * Others who are between their own two steps are waited for. One run at a time.
 */
final class TwoSteps {
    /** Done at a zxid (0 when the reply was lost), or hindered. */
    sealed interface Result {
        record Done(long zxid) implements Result {}

        record Hindered(Hindrance by) implements Result {}
    }

    private static final int MAX_WATCHED = 100;

    /** How often a change begins anew whose second step found the first one gone. */
    private static final int MAX_BEGUN_ANEW = 10;

    private final Ledger ledger;
    private final Layout layout;
    private final Session session;
    private final LongSupplier nanos;
    private final Plan plan;
    private final Patience patience;
    private int begunAnew;

    TwoSteps(Ledger ledger, Layout layout, Session session, LongSupplier nanos, Plan plan, Patience patience) {
        this.ledger = ledger;
        this.layout = layout;
        this.session = session;
        this.nanos = nanos;
        this.plan = plan;
        this.patience = patience;
    }

    CompletableFuture<Result> run() {
        if (patience.isStopped()) {
            return hindered(new Hindrance.Unwanted());
        }
        return ledger.amend(session, plan::first).thenCompose(first -> {
            if (first instanceof Plan.First.Done done) {
                return CompletableFuture.completedFuture(new Result.Done(done.zxid()));
            }
            return first instanceof Plan.First.Stopped stopped
                    ? stopped(stopped.by(), stopped.version())
                    : leavingNothing(vacate(nanos.getAsLong()));
        });
    }

    /** What fails between the steps, by a limit perhaps, is taken back too. */
    private CompletableFuture<Result> leavingNothing(CompletableFuture<Result> second) {
        return second.exceptionallyCompose(failure -> takeBack(new Hindrance.Unwanted())
                .handle((back, unable) -> CompletableFuture.<Result>failedFuture(Async.cause(failure)))
                .thenCompose(failed -> failed));
    }

    /** What the copy says hinders is true only if the copy is: nobody is refused by a stale one. */
    private CompletableFuture<Result> stopped(Hindrance by, int version) {
        if (by instanceof Hindrance.Unsettled unsettled) {
            ledger.expire(session, unsettled.by());
            Set<String> node = Set.of(layout.territory(unsettled.by().id()));
            CompletableFuture<Void> ready = patience.isArmedFor(node) ? patience.await(null) : patience.arm(node);
            return ready.thenCompose(looked -> ledger.refresh(session)).thenCompose(read -> run());
        }
        if (by instanceof Hindrance.Blocked blocked) {
            List<Territory> territories =
                    blocked.by().stream().map(Atlas.Overlap::territory).toList();
            return ledger.confirm(session, blocked.version(), territories)
                    .thenCompose(confirmed -> confirmed ? hindered(by) : run());
        }
        if (by instanceof Hindrance.Rule) {
            return ledger.confirm(session, version, List.of())
                    .thenCompose(confirmed -> confirmed ? hindered(by) : run());
        }
        if (by instanceof Hindrance.Behind behind) {
            return ledger.confirm(session, version, List.of())
                    .thenCompose(confirmed -> confirmed ? stillWaits(behind) : run());
        }
        return hindered(by);
    }

    /** Who asked earlier was seen before the copy was looked at, and may have left meanwhile. */
    private CompletableFuture<Result> stillWaits(Hindrance.Behind behind) {
        return session.read(behind.node())
                .thenCompose(node ->
                        hindered(node.isPresent() ? behind : new Hindrance.Gone("who asked earlier no longer waits")));
    }

    private CompletableFuture<Result> vacate(long since) {
        if (patience.isStopped()) {
            return takeBack(new Hindrance.Unwanted());
        }
        return Occupancy.of(session, layout, plan.area()).thenCompose(occupants -> {
            List<Occupant> others = occupants.stream().filter(plan::hinders).toList();
            if (others.isEmpty()) {
                return ledger.finish(session, plan::second)
                        .thenCompose(done -> done.isPresent()
                                ? CompletableFuture.completedFuture(
                                        new Result.Done(done.get().zxid()))
                                : beginAnew());
            }
            long left = since + Ledger.PENDING_LIFE.toNanos() - nanos.getAsLong();
            if (left <= 0) {
                return takeBack(new Hindrance.Occupied(others));
            }
            Set<String> nodes =
                    others.stream().limit(MAX_WATCHED).map(Occupant::node).collect(Collectors.toSet());
            CompletableFuture<Void> ready =
                    patience.isArmedFor(nodes) ? patience.await(Duration.ofNanos(left)) : patience.arm(nodes);
            return ready.thenCompose(looked -> vacate(since));
        });
    }

    /** Others have ended it because it took too long, or changed what it was decided on: that is nobody's refusal. */
    private CompletableFuture<Result> beginAnew() {
        return takeBack(new Hindrance.Gone("what it was decided on has changed again and again"))
                .thenCompose(gone -> ++begunAnew <= MAX_BEGUN_ANEW ? run() : CompletableFuture.completedFuture(gone));
    }

    private CompletableFuture<Result> takeBack(Hindrance by) {
        patience.disarm();
        return ledger.look((atlas, version) -> atlas.find(plan.territory()))
                .map(pending -> ledger.takeBack(session, pending).thenCompose(done -> hindered(by)))
                .orElseGet(() -> hindered(by));
    }

    private static CompletableFuture<Result> hindered(Hindrance by) {
        return CompletableFuture.completedFuture(new Result.Hindered(by));
    }
}

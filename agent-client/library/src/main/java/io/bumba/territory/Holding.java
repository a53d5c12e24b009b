package io.bumba.territory;

import io.bumba.agent.Agent;
import io.bumba.agent.AgentId;
import io.bumba.event.Event;
import io.bumba.lock.FileLocks;
import io.bumba.lock.LocalArea;
import io.bumba.lock.Occupancy;
import io.bumba.lock.Occupant;
import io.bumba.path.PathPatterns;
import io.bumba.zk.Async;
import io.bumba.zk.Codec;
import io.bumba.zk.EphemeralBudget;
import io.bumba.zk.Layout;
import io.bumba.zk.Node;
import io.bumba.zk.Secret;
import io.bumba.zk.Session;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A territory that an agent of this process owns.
 *
 * <pre>
 *   OWNED --release--> RELEASING --gone--> RELEASED
 *     |                    |
 *     `--- session over, --'--> LOST
 *          taken over, or ended by somebody else
 * </pre>
 *
 * Its changes go one after the other.
 */
final class Holding implements TerritoryGrant {
    private enum State {
        OWNED,
        RELEASING,
        RELEASED,
        LOST
    }

    private final Ground ground;
    private final Agent agent;
    private final Session session;
    private final String id;
    private final Optional<Secret> secret;
    private final EphemeralBudget.Share bytes;
    private final Session.Guard ownerGuard;
    private final Session.Guard recordGuard;
    private final FileLocks locks;
    private final Consumer<Holding> ended;
    private final Turns changes = new Turns();

    private final Object lock = new Object();
    private State state = State.OWNED;
    private TerritoryRecord record;
    private List<Runnable> callbacks = List.of();
    private List<Consumer<Revocation>> revokedCallbacks = List.of();
    private @Nullable Future<?> revoking;
    private long revokedAt;
    private @Nullable LocalArea area;
    private final CompletableFuture<Boolean> gone = new CompletableFuture<>();

    /** @param ended told once, when it is owned no more */
    Holding(
            Ground ground,
            Agent agent,
            String id,
            TerritoryRecord record,
            Optional<Secret> secret,
            EphemeralBudget.Share bytes,
            FileLocks locks,
            Consumer<Holding> ended) {
        this.ground = ground;
        this.agent = agent;
        this.session = agent.session();
        this.id = id;
        this.record = record;
        this.secret = secret;
        this.bytes = bytes;
        this.locks = locks;
        this.ended = ended;
        Layout layout = ground.shop().layout();
        ownerGuard = session.guard(
                layout.owner(id, record.ownerNode()), () -> lose("it was taken over, or ended by somebody else"));
        recordGuard = session.guard(layout.territory(id), this::reread, () -> lose("it was ended by somebody else"));
        recordGuard.watchNow();
        session.onOver(this, () -> lose("the ZooKeeper session ended"));
        if (record.local()) {
            openArea();
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return record().title();
    }

    @Override
    public TerritoryType type() {
        return record().type();
    }

    @Override
    public PathPatterns patterns() {
        return record().patterns();
    }

    @Override
    public Optional<Secret> secret() {
        return secret;
    }

    @Override
    public boolean isLocal() {
        return record().local();
    }

    TerritoryRecord record() {
        synchronized (lock) {
            return record;
        }
    }

    @Override
    public boolean isValid() {
        synchronized (lock) {
            return state == State.OWNED && session.isLive();
        }
    }

    @Override
    public void onLost(Executor executor, Runnable callback) {
        synchronized (lock) {
            if (state == State.OWNED || state == State.RELEASING) {
                callbacks = with(callbacks, () -> executor.execute(callback));
                return;
            }
            if (state == State.RELEASED) {
                return;
            }
        }
        executor.execute(callback);
    }

    @Override
    public void onRevoked(Executor executor, Consumer<Revocation> callback) {
        Consumer<Revocation> there = revocation -> executor.execute(() -> callback.accept(revocation));
        Optional<Revocation> already;
        synchronized (lock) {
            revokedCallbacks = with(revokedCallbacks, there);
            already = revoking == null ? Optional.empty() : record.revocation();
        }
        already.ifPresent(there);
    }

    private static <T> List<T> with(List<T> some, T more) {
        List<T> all = new ArrayList<>(some);
        all.add(more);
        return all;
    }

    // ---- changes
    // ----------------------------------------------------------------------------------------------------

    @Override
    public CompletableFuture<AllocateResult> resize(PathPatterns patterns) {
        if (patterns.size() == 0) {
            throw new IllegalArgumentException("no patterns: release territory " + id + " instead");
        }
        return Refusals.lostWithSession(changes.take(() -> drained(() -> resizeNow(patterns))));
    }

    private CompletableFuture<AllocateResult> resizeNow(PathPatterns patterns) {
        return session.read(ground.shop().layout().policy()).thenCompose(node -> {
            TerritoryRecord now = record();
            int besides = ground.ledger().look((atlas, version) -> atlas.claimsOf(now.owner()))
                    - now.patterns().size();
            Optional<Hindrance> rule = Policy.read(node).forbids(agent.record(), patterns, Math.max(0, besides));
            if (rule.isPresent()) {
                return CompletableFuture.completedFuture(refused(rule.get(), now));
            }
            ChangePlan plan = new ChangePlan(
                    id,
                    now.type(),
                    now.ownerNode(),
                    now.patterns(),
                    patterns,
                    now.owner(),
                    now.ownerNode(),
                    ChangePlan.Kind.RESIZE,
                    Set.copyOf(now.admitted()),
                    now.secretHash());
            return run(plan, now);
        });
    }

    private CompletableFuture<AllocateResult> run(ChangePlan plan, TerritoryRecord now) {
        Patience patience = new Patience(session, ground.shop().clock());
        return new TwoSteps(
                        ground.ledger(),
                        ground.shop().layout(),
                        session,
                        ground.shop().nanos(),
                        plan,
                        patience)
                .run()
                .whenComplete((result, failure) -> patience.disarm())
                .thenApply(result -> {
                    if (result instanceof TwoSteps.Result.Hindered hindered) {
                        TerritoryRecord wanted =
                                now.draft().patterns(plan.patterns()).done();
                        return refused(hindered.by(), wanted);
                    }
                    return changed(plan.kind() + " to " + plan.patterns().size() + " patterns");
                });
    }

    private AllocateResult refused(Hindrance by, TerritoryRecord wanted) {
        return Refusals.of(Optional.of(by), ground.ledger(), id, wanted);
    }

    private AllocateResult changed(String what) {
        Optional<TerritoryRecord> now = ground.ledger()
                .look((atlas, version) -> atlas.find(id))
                .map(Territory::record)
                .filter(read -> read.ownerNode().equals(record().ownerNode()));
        now.ifPresent(this::remember);
        ground.shop()
                .events()
                .publish(new Event.TerritoryChanged(ground.shop().time().instant(), record().owner(), id, what));
        return new AllocateResult.Allocated(this);
    }

    @Override
    public CompletableFuture<AllocateResult> admit(List<AgentId> agents) {
        return edit("admits " + agents, now -> {
            Set<String> all = new LinkedHashSet<>(now.admitted());
            agents.forEach(each -> all.add(each.value()));
            return now.draft().admitted(List.copyOf(all)).local(false).done();
        });
    }

    @Override
    public CompletableFuture<AllocateResult> dismiss(List<AgentId> agents) {
        List<String> ids = agents.stream().map(AgentId::value).toList();
        return amend("dismisses " + agents, (atlas, now) -> {
            List<Edit> edits = new ArrayList<>();
            for (Territory inside : atlas.inside(id)) {
                if (ids.contains(inside.record().owner())) {
                    edits.addAll(Ledger.removal(atlas, inside, Edit.Owner.EITHER));
                }
            }
            List<String> left = new ArrayList<>(now.record().admitted());
            if (left.removeAll(ids)) {
                edits.add(
                        new Edit.Update(now, now.record().draft().admitted(left).done(), Edit.Owner.STANDS));
            }
            return edits;
        });
    }

    @Override
    public CompletableFuture<AllocateResult> offer(@Nullable AgentId to) {
        return edit(to == null ? "is offered to nobody" : "is offered to " + to, now -> now.draft()
                .offer(Optional.ofNullable(to).map(AgentId::value))
                .local(to == null && now.local())
                .done());
    }

    @Override
    public CompletableFuture<AllocateResult> local(boolean on) {
        TerritoryRecord here = record();
        if (on && (here.type() != TerritoryType.EXCLUSIVE || here.parent().isPresent())) {
            throw new IllegalArgumentException(
                    "local grants need an EXCLUSIVE territory without a parent; " + id + " is " + here.type()
                            + here.parent().map(p -> " inside " + p).orElse(""));
        }
        return Refusals.lostWithSession(changes.take(
                () -> drained(() -> on ? switchLocal(true).thenCompose(this::openIfVacant) : switchLocal(false))));
    }

    private CompletableFuture<AllocateResult> switchLocal(boolean on) {
        return amendNow(
                "local grants " + (on ? "on" : "off"),
                (atlas, now) -> on
                                && !(now.record().admitted().isEmpty()
                                        && atlas.inside(id).isEmpty())
                        ? Optional.of(new AllocateResult.Rejected(
                                "local grants",
                                "others were admitted to territory " + id
                                        + ", or have territories inside; dismiss them first"))
                        : Optional.empty(),
                (atlas, now) -> now.record().local() == on
                        ? List.of()
                        : List.of(new Edit.Update(
                                now, now.record().draft().local(on).done(), Edit.Owner.STANDS)));
    }

    /**
     * Since the switch nobody else can contend inside; who was admitted before may still hold something. While somebody
     * does, nothing is granted from memory, though the ledger may say so.
     */
    private CompletableFuture<AllocateResult> openIfVacant(AllocateResult switched) {
        if (switched.grant().isEmpty()) {
            return CompletableFuture.completedFuture(switched);
        }
        return Occupancy.of(session, ground.shop().layout(), patterns()).thenCompose(occupants -> {
            Optional<Occupant> other = occupants.stream()
                    .filter(occupant -> !occupant.agent().equals(record().owner()))
                    .findFirst();
            if (other.isEmpty()) {
                openIfLocal();
                return CompletableFuture.completedFuture(switched);
            }
            return switchLocal(false)
                    .thenApply(off -> new AllocateResult.Rejected(
                            "local grants",
                            other.get().agent() + " still stands in line for "
                                    + other.get().path() + " inside territory " + id + "; try again when it has gone"));
        });
    }

    // ---- local grants
    // -----------------------------------------------------------------------------------------------

    private void openArea() {
        LocalArea opened =
                locks.openLocal(ground.shop().layout().owner(id, record().ownerNode()), patterns(), this::rebase);
        synchronized (lock) {
            area = opened;
        }
    }

    /** A transaction over the ledger under this ownership: every contender that stood before has a smaller zxid. */
    private CompletableFuture<Long> rebase() {
        return ground.ledger()
                .<Long>amend(session, (atlas, version) -> {
                    Optional<Territory> found = atlas.find(id)
                            .filter(now -> now.record().ownerNode().equals(record().ownerNode())
                                    && now.record().patterns().equals(record().patterns())
                                    && now.record().local()
                                    && now.record().admitted().isEmpty()
                                    && atlas.inside(id).isEmpty());
                    return found.isEmpty()
                            ? new Step.Answer<>(-1L)
                            : new Step.Amend<>(
                                    List.of(new Edit.Update(
                                            found.get(), found.get().record(), Edit.Owner.STANDS)),
                                    more -> {},
                                    Step.Done::zxid,
                                    refused -> -1L);
                })
                .thenCompose(zxid -> zxid == 0 ? readBase() : CompletableFuture.completedFuture(zxid));
    }

    /** The reply was lost, the transaction was not. */
    private CompletableFuture<Long> readBase() {
        return session.read(ground.shop().layout().territory(id))
                .thenApply(node -> node.map(Node::mzxid).orElse(-1L));
    }

    /** Runs a change while nothing is granted from memory. */
    private CompletableFuture<AllocateResult> drained(Supplier<CompletableFuture<AllocateResult>> change) {
        LocalArea local;
        synchronized (lock) {
            local = area;
        }
        if (local == null) {
            return change.get();
        }
        return local.drain()
                .thenCompose(all -> all
                        ? change.get().whenComplete((result, failure) -> reopen(local))
                        : CompletableFuture.completedFuture(new AllocateResult.Rejected(
                                "local grants",
                                "a lock inside territory " + id
                                        + " could not be turned into a real one; release it, then try again")));
    }

    private void openIfLocal() {
        synchronized (lock) {
            if (!record.local() || area != null || state != State.OWNED) {
                return;
            }
        }
        openArea();
    }

    private void reopen(LocalArea local) {
        if (record().local()) {
            local.reopen(patterns());
        } else {
            synchronized (lock) {
                area = null;
            }
            local.end("local grants were switched off");
        }
    }

    private CompletableFuture<AllocateResult> edit(String what, UnaryOperator<TerritoryRecord> change) {
        return amend(what, (atlas, now) -> {
            TerritoryRecord next = change.apply(now.record());
            return next.equals(now.record()) ? List.of() : List.of(new Edit.Update(now, next, Edit.Owner.STANDS));
        });
    }

    /** Changes in one step what nobody else needs to make room for. */
    private CompletableFuture<AllocateResult> amend(String what, BiFunction<Atlas, Territory, List<Edit>> edits) {
        return amend(what, (atlas, now) -> Optional.empty(), edits);
    }

    /** @param forbids the answer where it cannot be done */
    private CompletableFuture<AllocateResult> amend(
            String what,
            BiFunction<Atlas, Territory, Optional<AllocateResult>> forbids,
            BiFunction<Atlas, Territory, List<Edit>> edits) {
        return Refusals.lostWithSession(changes.take(() -> drained(() -> amendNow(what, forbids, edits))));
    }

    private CompletableFuture<AllocateResult> amendNow(
            String what,
            BiFunction<Atlas, Territory, Optional<AllocateResult>> forbids,
            BiFunction<Atlas, Territory, List<Edit>> edits) {
        return ground.ledger()
                .<AllocateResult>amend(session, (atlas, version) -> {
                    Optional<Territory> found = atlas.find(id)
                            .filter(now -> now.record().ownerNode().equals(record().ownerNode()));
                    if (found.isEmpty()) {
                        return new Step.Answer<>(new AllocateResult.Lost("territory " + id + " is no longer yours"));
                    }
                    if (found.get().record().revocation().isPresent()) {
                        return new Step.Answer<>(new AllocateResult.Rejected(
                                "revocation", "territory " + id + " is being revoked; finish and release it"));
                    }
                    Optional<AllocateResult> forbidden = forbids.apply(atlas, found.get());
                    List<Edit> some = forbidden.isPresent() ? List.of() : edits.apply(atlas, found.get());
                    return some.isEmpty()
                            ? new Step.Answer<>(forbidden.orElseGet(() -> new AllocateResult.Allocated(this)))
                            : new Step.Amend<>(
                                    some,
                                    more -> {},
                                    done -> new AllocateResult.Allocated(this),
                                    refused -> new AllocateResult.Lost("territory " + id + " is no longer yours"));
                })
                .thenApply(result -> result instanceof AllocateResult.Allocated ? changed(what) : result);
    }

    // ---- its end
    // ---------------------------------------------------------------------------------------------------

    @Override
    public boolean release() {
        return Releasing.await(releaseAsync(), id, ground.shop().operationTimeout());
    }

    @Override
    public void close() {
        synchronized (lock) {
            if (state != State.OWNED && state != State.LOST) {
                return;
            }
        }
        release();
    }

    @Override
    public CompletableFuture<Boolean> releaseAsync() {
        synchronized (lock) {
            if (state != State.OWNED) {
                return state == State.LOST ? CompletableFuture.completedFuture(false) : gone;
            }
            state = State.RELEASING;
            ownerGuard.drop();
            recordGuard.drop();
        }
        Async.then(
                changes.take(
                        () -> emptied().thenCompose(empty -> ground.ledger().amend(session, (atlas, version) -> {
                            Optional<Territory> found = atlas.find(id)
                                    .filter(now -> now.record().ownerNode().equals(record().ownerNode()));
                            if (found.isEmpty()) {
                                return new Step.Answer<>(false);
                            }
                            return new Step.Amend<>(
                                    Ledger.removal(atlas, found.get(), Edit.Owner.STANDS),
                                    more -> {},
                                    done -> true,
                                    refused -> false);
                        }))),
                this::released,
                failure -> lose("its release was refused"));
        return gone;
    }

    /** What is held from memory becomes real, or is lost. */
    private CompletableFuture<Void> emptied() {
        LocalArea local;
        synchronized (lock) {
            local = area;
            area = null;
        }
        if (local == null) {
            return CompletableFuture.completedFuture(null);
        }
        return local.drain().handle((all, failure) -> {
            local.end("its territory was released");
            return null;
        });
    }

    private void released(boolean wasOurs) {
        if (!wasOurs) {
            lose("it had been ended by somebody else");
            return;
        }
        synchronized (lock) {
            if (state == State.LOST) {
                return;
            }
            state = State.RELEASED;
            callbacks = List.of();
        }
        ground.shop()
                .events()
                .publish(new Event.TerritoryEnded(ground.shop().time().instant(), record().owner(), id, "released"));
        over();
        gone.complete(true);
    }

    void lose(String why) {
        List<Runnable> told;
        synchronized (lock) {
            if (state == State.LOST || state == State.RELEASED) {
                return;
            }
            state = State.LOST;
            told = callbacks;
            callbacks = List.of();
        }
        ground.shop()
                .events()
                .publish(new Event.TerritoryEnded(ground.shop().time().instant(), record().owner(), id, why));
        over();
        gone.complete(false);
        told.forEach(Async::guarded);
    }

    private void over() {
        ownerGuard.drop();
        recordGuard.drop();
        session.forget(this);
        bytes.giveBack();
        LocalArea local;
        synchronized (lock) {
            local = area;
            area = null;
        }
        if (local != null) {
            local.end("its territory has ended");
        }
        synchronized (lock) {
            if (revoking != null) {
                revoking.cancel(false);
            }
        }
        ended.accept(this);
    }

    /** Somebody has changed the record: an operator, or this process. */
    private void reread() {
        Async.then(session.read(ground.shop().layout().territory(id)), node -> node.flatMap(
                        n -> Codec.decode(n.data(), TerritoryRecord.class).value())
                .ifPresent(read -> {
                    if (read.ownerNode().equals(record().ownerNode())) {
                        remember(read);
                        read.revocation().ifPresent(this::revoked);
                    }
                }));
    }

    private void remember(TerritoryRecord read) {
        synchronized (lock) {
            record = read;
        }
    }

    private void revoked(Revocation revocation) {
        List<Consumer<Revocation>> told;
        synchronized (lock) {
            long endsAt = ground.shop().nanos().getAsLong() + TimeUnit.MILLISECONDS.toNanos(revocation.graceMillis());
            if (state != State.OWNED || (revoking != null && endsAt - revokedAt >= 0)) {
                return;
            }
            if (revoking != null) {
                // A second word may only shorten the time.
                revoking.cancel(false);
            }
            revokedAt = endsAt;
            revoking = ground.shop()
                    .clock()
                    .schedule(
                            () -> Async.then(releaseAsync(), released -> {}),
                            revocation.graceMillis(),
                            TimeUnit.MILLISECONDS);
            told = revokedCallbacks;
        }
        ground.shop()
                .events()
                .publish(new Event.TerritoryRevoked(
                        ground.shop().time().instant(), record().owner(), id, revocation.by(), revocation.reason()));
        told.forEach(each -> Async.guarded(() -> each.accept(revocation)));
    }
}

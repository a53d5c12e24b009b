package io.bumba.territory;

import io.bumba.BumbaException;
import io.bumba.event.Event;
import io.bumba.event.Events;
import io.bumba.lock.Borders;
import io.bumba.lock.LockMode;
import io.bumba.lock.Obstacle;
import io.bumba.lock.Passage;
import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import io.bumba.zk.Children;
import io.bumba.zk.Cluster;
import io.bumba.zk.Codec;
import io.bumba.zk.Layout;
import io.bumba.zk.LedgerTurn;
import io.bumba.zk.Node;
import io.bumba.zk.Outcome;
import io.bumba.zk.Session;
import io.bumba.zk.SessionOverException;
import io.bumba.zk.Transaction;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The territories of the workspace, as this process knows them, and the way to change them.
 *
 * <p>Every change is one transaction that sets the ledger's data on the version that it was decided on, so of two that were
 * decided on one version one happens. Every contender's creation checks that version; so of a lock and a territory one
 * always sees the other (P8). The changes of one process go one after the other; those of several processes too, by a stock
 * {@code InterProcessMutex}, once they have met twice.
 *
 * <p>A refusal is confirmed by a write that checks the ledger's version and the owners' ephemerals, so nobody is refused by a
 * stale copy or by an owner that has gone. Whoever meets a territory whose owner has gone ends it, or marks it as an orphan;
 * whoever meets one that is {@linkplain TerritoryState#PENDING pending} for too long takes the change back.
 *
 * <p>Futures complete on the session's event thread. Thread-safe.
 */
public final class Ledger implements Borders, AutoCloseable {
    /** How long a change may stand between its two steps. */
    public static final Duration PENDING_LIFE = Duration.ofSeconds(2);

    /** How much longer than that others wait before they take it back. */
    private static final Duration PENDING_SLACK = Duration.ofSeconds(1);

    /** How often a step is decided anew because others came first. */
    static final int MAX_ATTEMPTS = 1_000;

    /** After so many of them it waits for its turn. */
    private static final int POLITE_AFTER = 2;

    /** How many owners one confirmation checks. */
    private static final int MAX_CONFIRMED = 100;

    private final Layout layout;
    private final Events events;
    private final InstantSource time;
    private final ScheduledExecutorService clock;
    private final LongSupplier nanos;
    private final LedgerCopy copy;
    private final Turns turns = new Turns();
    private final LedgerTurn turn;
    private final Set<String> watchedPending = ConcurrentHashMap.newKeySet();

    /**
     * @param turn of this process among the ledger's writers; closed with this
     * @param clock runs time-outs; nothing on it blocks
     * @param nanos a monotonic clock
     * @param time for display
     */
    public Ledger(
            LedgerTurn turn,
            Layout layout,
            Events events,
            ScheduledExecutorService clock,
            LongSupplier nanos,
            InstantSource time) {
        this.layout = layout;
        this.events = events;
        this.clock = clock;
        this.nanos = nanos;
        this.time = time;
        this.copy = new LedgerCopy(layout, nanos);
        this.turn = turn;
    }

    @Override
    public String ledger() {
        return layout.territories();
    }

    @Override
    public CompletableFuture<Void> refresh(Session session) {
        return copy.refresh(session);
    }

    /** Reads the territories if they were not read before. */
    CompletableFuture<Void> load(Session session) {
        return copy.load(session);
    }

    /** What the function makes of the copy and its version. */
    <R> R look(BiFunction<Atlas, Integer, R> function) {
        return copy.look(function);
    }

    @Override
    public CompletableFuture<Passage> passage(Session session, String agent, RepoPath path, LockMode mode) {
        return load(session).thenCompose(loaded -> passage(session, agent, path, mode, MAX_ATTEMPTS));
    }

    private record Seen(Atlas.Verdict verdict, int version) {}

    private CompletableFuture<Passage> passage(
            Session session, String agent, RepoPath path, LockMode mode, int attempts) {
        Seen seen = look((atlas, version) -> new Seen(atlas.passage(agent, path, mode), version));
        Atlas.Verdict verdict = seen.verdict();
        if (verdict.forbids().isPresent()) {
            Atlas.Overlap overlap = verdict.forbids().get();
            return confirm(session, seen.version(), List.of(overlap.territory()))
                    .thenCompose(confirmed -> {
                        if (confirmed) {
                            return CompletableFuture.completedFuture(
                                    new Passage.Closed(seen.version(), overlap.claim()));
                        }
                        if (attempts == 0) {
                            throw busy("look at the territories around " + path);
                        }
                        return passage(session, agent, path, mode, attempts - 1);
                    });
        }
        if (verdict.pending().isPresent()) {
            Territory pending = verdict.pending().get();
            expire(session, pending);
            return CompletableFuture.completedFuture(
                    new Passage.Pending(seen.version(), layout.territory(pending.id())));
        }
        return CompletableFuture.completedFuture(new Passage.Open(seen.version(), verdict.recorders()));
    }

    @Override
    public <T> CompletableFuture<T> inTurn(
            Session session,
            String agent,
            RepoPath path,
            LockMode mode,
            Function<Passage.Open, CompletableFuture<T>> then,
            T otherwise) {
        return load(session)
                .thenCompose(loaded ->
                        turns.takeSoon(() -> turn.take(() -> refresh(session).thenCompose(read -> {
                            Seen seen = look((atlas, version) -> new Seen(atlas.passage(agent, path, mode), version));
                            Atlas.Verdict verdict = seen.verdict();
                            return verdict.forbids().isPresent()
                                            || verdict.pending().isPresent()
                                    ? CompletableFuture.completedFuture(otherwise)
                                    : then.apply(new Passage.Open(seen.version(), verdict.recorders()));
                        }))));
    }

    /**
     * Confirms by a write that the ledger still has the version and the territories their owners. When it does not, the copy
     * is brought up to date, or an orphan dealt with, before this completes: then look again.
     */
    CompletableFuture<Boolean> confirm(Session session, int version, List<Territory> territories) {
        List<Territory> owned = territories.stream()
                .filter(territory -> territory.record().state() != TerritoryState.ORPHANED)
                .limit(MAX_CONFIRMED)
                .toList();
        for (Territory territory : territories) {
            if (territory.record().state() == TerritoryState.ORPHANED) {
                return meetOrphan(session, territory)
                        .thenCompose(changed -> changed
                                ? CompletableFuture.completedFuture(false)
                                : confirmOwned(session, version, owned));
            }
        }
        return confirmOwned(session, version, owned);
    }

    private CompletableFuture<Boolean> confirmOwned(Session session, int version, List<Territory> owned) {
        Transaction checks = session.transaction().check(ledger(), version);
        owned.forEach(territory ->
                checks.exists(layout.owner(territory.id(), territory.record().ownerNode())));
        return session.commit(checks).thenCompose(outcome -> {
            if (outcome instanceof Outcome.Committed) {
                return CompletableFuture.completedFuture(true);
            }
            if (outcome instanceof Outcome.Over) {
                return CompletableFuture.failedFuture(new SessionOverException());
            }
            if (outcome instanceof Outcome.Refused refused) {
                if (refused.reason() == Outcome.Reason.NO_AUTH) {
                    return CompletableFuture.failedFuture(Session.refused("look at the territories", refused.reason()));
                }
                if (refused.index() > 0) {
                    return meetOrphan(session, owned.get(refused.index() - 1)).thenApply(changed -> false);
                }
                return refresh(session).thenApply(read -> false);
            }
            return session.whenLive().thenApply(live -> false);
        });
    }

    @Override
    public CompletableFuture<List<Obstacle>> obstacles(Session session, String request) {
        return load(session)
                .thenCompose(loaded -> refresh(session))
                .thenCompose(read -> session.read(request))
                .thenApply(node -> node.flatMap(
                                n -> Codec.decode(n.data(), RequestRecord.class).value())
                        .map(this::obstacles)
                        .orElse(List.of()));
    }

    private List<Obstacle> obstacles(RequestRecord request) {
        List<Obstacle> found = new ArrayList<>();
        look((atlas, version) ->
                        atlas.conflicts(request.territory(), request.patterns(), request.type(), request.parent()))
                .forEach(overlap -> {
                    Territory territory = overlap.territory();
                    if (!territory.record().owner().equals(request.agent())) {
                        found.add(new Obstacle(
                                territory.record().owner(),
                                "territory " + territory.id(),
                                Map.of(
                                        layout.owner(
                                                territory.id(),
                                                territory.record().ownerNode()),
                                        -1,
                                        layout.territory(territory.id()),
                                        territory.version())));
                    }
                });
        request.blockers()
                .forEach(blocker ->
                        found.add(new Obstacle(blocker.agent(), blocker.what(), Map.of(blocker.node(), -1))));
        return found;
    }

    /**
     * Carries a decision out. It is decided anew as long as others come first.
     *
     * @return what the decision answers; fails with {@link SessionOverException}, or with {@link BumbaException} when a limit
     *     is passed or the servers refuse
     */
    <R> CompletableFuture<R> amend(Session session, Decision<R> decision) {
        return load(session).thenCompose(loaded -> turns.take(() -> new Amending<>(session, decision).attempt()));
    }

    /**
     * {@link #amend} for a second step, before all first ones: it has a bounded time, and others wait for it. Behind a
     * thousand first steps of this process it would be taken back.
     */
    <R> CompletableFuture<R> finish(Session session, Decision<R> decision) {
        return load(session).thenCompose(loaded -> turns.takeSoon(() -> new Amending<>(session, decision).attempt()));
    }

    /** One decision on its way into the ledger. */
    private final class Amending<R> {
        private final Session session;
        private final Decision<R> decision;
        private final LedgerWriting writing = new LedgerWriting(layout);
        private final String by = UUID.randomUUID().toString().substring(0, 18);
        private int attempts;
        private int stale;

        private Amending(Session session, Decision<R> decision) {
            this.session = session;
            this.decision = decision;
        }

        private record Decided<R>(Step<R> step, int version, LedgerPage page) {}

        CompletableFuture<R> attempt() {
            if (++attempts > MAX_ATTEMPTS) {
                return CompletableFuture.failedFuture(busy("change the territories"));
            }
            // No BadVersion after a turn was taken counts: others may write without one.
            return stale == POLITE_AFTER
                    ? turn.take(() -> {
                        stale++;
                        return attemptNow();
                    })
                    : attemptNow();
        }

        private CompletableFuture<R> attemptNow() {
            Decided<R> decided =
                    copy.look((atlas, version) -> new Decided<>(decision.decide(atlas, version), version, copy.page()));
            if (decided.step() instanceof Step.Answer<R> answer) {
                return CompletableFuture.completedFuture(answer.value());
            }
            Step.Amend<R> amend = (Step.Amend<R>) decided.step();
            return commit(decided, amend);
        }

        /** All of it, or, where that is too large, first the end of some of the innermost territories that end by it. */
        private CompletableFuture<R> commit(Decided<R> decided, Step.Amend<R> amend) {
            Draft draft = draft(decided, amend);
            Step.Amend<R> part = amend;
            while (draft.tx().isTooLarge() && part.edits().size() > 1) {
                List<Edit> inner = part.edits().subList(0, part.edits().size() / 2);
                if (!inner.stream()
                        .allMatch(edit -> edit instanceof Edit.Delete delete && delete.owner() == Edit.Owner.EITHER)) {
                    break;
                }
                part = new Step.Amend<>(inner, more -> {}, amend.done(), amend.refused());
                draft = draft(decided, part);
            }
            Draft sent = draft;
            List<Edit> edits = part.edits();
            @Nullable
            Supplier<CompletableFuture<R>> rest = edits.size() == amend.edits().size() ? null : this::attempt;
            return session.commit(sent.tx()).thenCompose(outcome -> {
                if (outcome instanceof Outcome.Committed committed) {
                    copy.written(decided.version(), sent.page(), edits);
                    return rest == null
                            ? CompletableFuture.completedFuture(amend.done().apply(new Step.Done(committed.zxid())))
                            : rest.get();
                }
                if (outcome instanceof Outcome.Refused refused) {
                    return refused(refused, amend);
                }
                return outcome instanceof Outcome.Over
                        ? CompletableFuture.failedFuture(new SessionOverException())
                        : resolve(amend, rest);
            });
        }

        private record Draft(Transaction tx, LedgerPage page) {}

        private Draft draft(Decided<R> decided, Step.Amend<R> amend) {
            LedgerPage page = decided.page()
                    .with(
                            decided.version() + 1,
                            amend.edits().stream().map(Edit::id).toList(),
                            by);
            Transaction tx = session.transaction();
            writing.write(tx, page, decided.version(), amend);
            return new Draft(tx, page);
        }

        private CompletableFuture<R> refused(Outcome.Refused refused, Step.Amend<R> amend) {
            if (refused.reason() == Outcome.Reason.NO_AUTH) {
                return CompletableFuture.failedFuture(Session.refused("change the territories", refused.reason()));
            }
            LedgerWriting.Part part = writing.part(refused.index());
            String id = part.edit().map(Edit::id).orElse("");
            return switch (part.purpose()) {
                case LEDGER -> {
                    if (refused.reason() != Outcome.Reason.BAD_VERSION) {
                        yield CompletableFuture.failedFuture(Session.refused("change " + ledger(), refused.reason()));
                    }
                    stale++;
                    yield copy.refresh(session).thenCompose(read -> attempt());
                }
                case TERRITORY -> copy.reread(session, List.of(id)).thenCompose(read -> attempt());
                case OWNER -> owner(part.edit().orElseThrow(), refused, amend);
                case CLAIMS ->
                    below(id).thenCompose(nodes -> {
                        writing.stands(id, nodes);
                        return attempt();
                    });
                case MORE -> CompletableFuture.completedFuture(amend.refused().apply(Step.Refusal.MORE));
            };
        }

        private CompletableFuture<R> owner(Edit edit, Outcome.Refused refused, Step.Amend<R> amend) {
            Edit.Owner expected = edit instanceof Edit.Update update
                    ? update.owner()
                    : edit instanceof Edit.Delete delete ? delete.owner() : Edit.Owner.STANDS;
            if (expected == Edit.Owner.EITHER) {
                writing.ownerGone(edit.id());
                return attempt();
            }
            return CompletableFuture.completedFuture(amend.refused()
                    .apply(
                            refused.reason() == Outcome.Reason.NODE_EXISTS
                                    ? Step.Refusal.OWNER_STANDS
                                    : Step.Refusal.OWNER_GONE));
        }

        /** What stands below a territory, deepest first. */
        private CompletableFuture<List<String>> below(String id) {
            String home = layout.territory(id);
            return session.children(home).thenCompose(children -> {
                List<CompletableFuture<List<String>>> deeper = new ArrayList<>();
                for (String child : children.orElse(Children.NONE).names()) {
                    String node = home + "/" + child;
                    deeper.add(session.children(node).thenApply(grandchildren -> {
                        List<String> all = new ArrayList<>();
                        grandchildren.orElse(Children.NONE).names().forEach(name -> all.add(node + "/" + name));
                        all.add(node);
                        return all;
                    }));
                }
                return CompletableFuture.allOf(deeper.toArray(CompletableFuture[]::new))
                        .thenApply(done -> deeper.stream()
                                .flatMap(each -> each.join().stream())
                                .toList());
            });
        }

        /** The reply was lost: our name on the page tells whether it happened. */
        private CompletableFuture<R> resolve(Step.Amend<R> amend, @Nullable Supplier<CompletableFuture<R>> rest) {
            return session.barrier().thenCompose(sure -> session.read(ledger())).thenCompose(node -> {
                boolean ours = node.flatMap(
                                n -> Codec.decode(n.data(), LedgerPage.class).value())
                        .map(page -> page.names(by))
                        .orElse(false);
                return copy.refresh(session)
                        .thenCompose(read -> ours && rest == null
                                ? CompletableFuture.completedFuture(amend.done().apply(new Step.Done(0)))
                                : attempt());
            });
        }
    }

    // ---- what whoever meets it does
    // ---------------------------------------------------------------------------------

    /**
     * Deals with a territory whose owner's session has ended: ends it, or marks it, or ends it when its grace is over.
     *
     * @return whether something has changed; then look again
     */
    CompletableFuture<Boolean> meetOrphan(Session session, Territory met) {
        if (met.record().state() == TerritoryState.ORPHANED
                && met.record().revocation().isEmpty()) {
            return isOlder(session, met, met.record().orphanGraceMillis())
                    .thenCompose(over -> over ? end(session, met) : CompletableFuture.completedFuture(false));
        }
        boolean kept = met.record().orphanGraceMillis() > 0
                && met.record().state() == TerritoryState.ACTIVE
                && met.record().revocation().isEmpty();
        return kept ? mark(session, met) : end(session, met);
    }

    private CompletableFuture<Boolean> mark(Session session, Territory met) {
        return change(
                        session,
                        met,
                        now -> List.of(new Edit.Update(
                                now,
                                now.record()
                                        .draft()
                                        .state(TerritoryState.ORPHANED)
                                        .pending(Optional.empty())
                                        .local(false)
                                        .done(),
                                Edit.Owner.ABSENT)))
                .thenApply(changed -> tell(
                        changed,
                        new Event.TerritoryOrphaned(
                                time.instant(),
                                met.record().owner(),
                                met.id(),
                                Duration.ofMillis(met.record().orphanGraceMillis()))));
    }

    private CompletableFuture<Boolean> end(Session session, Territory met) {
        return amendFrom(session, met, (atlas, now) -> removal(atlas, now, Edit.Owner.ABSENT))
                .thenApply(changed -> tell(
                        changed,
                        new Event.TerritoryEnded(
                                time.instant(), met.record().owner(), met.id(), "its owner's session had ended")));
    }

    private boolean tell(boolean changed, Event event) {
        if (changed) {
            events.publish(event);
        }
        return changed;
    }

    /** By the servers' clock: from the last change of the territory to a write that follows here. */
    CompletableFuture<Boolean> isOlder(Session session, Territory territory, long millis) {
        return Cluster.once(session, s -> s.transaction().set(layout.clock(), new byte[0]))
                .thenCompose(set -> session.read(layout.clock())
                        .thenCombine(
                                session.read(layout.territory(territory.id())),
                                (now, node) -> now.isPresent()
                                        && node.filter(n -> n.version() == territory.version())
                                                .filter(n -> Duration.between(
                                                                        n.changed(),
                                                                        now.get()
                                                                                .changed())
                                                                .toMillis()
                                                        >= millis)
                                                .isPresent()));
    }

    /** Takes back a change that stands between its steps for too long, unless it has moved since. */
    CompletableFuture<Boolean> takeBack(Session session, Territory pending) {
        return amendFrom(session, pending, (atlas, now) -> {
            if (now.record().pending().isEmpty()) {
                return List.of();
            }
            return now.record().state() == TerritoryState.PENDING
                    ? List.of(new Edit.Delete(now, Edit.Owner.EITHER))
                    : List.of(new Edit.Update(
                            now, now.record().draft().pending(Optional.empty()).done(), Edit.Owner.EITHER));
        });
    }

    /** Sees to it that a pending change that was met does not stand for ever. */
    void expire(Session session, Territory pending) {
        String version = pending.id() + "/" + pending.version();
        if (watchedPending.add(version)) {
            long age = nanos.getAsLong() - pending.seenAt();
            long left = PENDING_LIFE.plus(PENDING_SLACK).toNanos() - age;
            Future<?> unused = clock.schedule(
                    () -> Async.then(
                            takeBack(session, pending),
                            done -> watchedPending.remove(version),
                            failed -> watchedPending.remove(version)),
                    Math.max(0, left),
                    TimeUnit.NANOSECONDS);
        }
    }

    /** The end of a territory, and what that means to those inside it. */
    static List<Edit> removal(Atlas atlas, Territory territory, Edit.Owner owner) {
        List<Edit> edits = new ArrayList<>();
        if (territory.record().onEnd() == OnEnd.END) {
            List<Territory> inside = new ArrayList<>(atlas.allInside(territory.id()));
            java.util.Collections.reverse(inside);
            inside.forEach(each -> edits.add(new Edit.Delete(each, Edit.Owner.EITHER)));
        } else {
            atlas.inside(territory.id())
                    .forEach(each -> edits.add(new Edit.Update(
                            each,
                            each.record()
                                    .draft()
                                    .parent(territory.record().parent())
                                    .done(),
                            Edit.Owner.EITHER)));
        }
        edits.add(new Edit.Delete(territory, owner));
        return edits;
    }

    private CompletableFuture<Boolean> change(
            Session session, Territory met, java.util.function.Function<Territory, List<Edit>> edits) {
        return amendFrom(session, met, (atlas, now) -> edits.apply(now));
    }

    /** Edits that hold only while the territory is as it was met; no edits, no change. */
    private CompletableFuture<Boolean> amendFrom(
            Session session, Territory met, BiFunction<Atlas, Territory, List<Edit>> edits) {
        return amend(session, (atlas, version) -> {
            Optional<Territory> now = atlas.find(met.id()).filter(known -> known.version() == met.version());
            List<Edit> some = now.map(known -> edits.apply(atlas, known)).orElse(List.of());
            return some.isEmpty()
                    ? new Step.Answer<>(atlas.find(met.id())
                            .map(known -> known.version() != met.version())
                            .orElse(true))
                    : new Step.Amend<>(some, more -> {}, done -> true, refused -> false);
        });
    }

    /** Ends what has no owner any more, and takes back what has been pending for too long. For a coordinator. */
    CompletableFuture<Integer> sweep(Session session) {
        return load(session).thenCompose(loaded -> refresh(session)).thenCompose(read -> {
            List<Territory> all = look((atlas, version) -> List.copyOf(atlas.all()));
            Map<Territory, CompletableFuture<Optional<Node>>> owners = new HashMap<>();
            all.forEach(territory -> owners.put(
                    territory,
                    session.read(layout.owner(territory.id(), territory.record().ownerNode()))));
            return CompletableFuture.allOf(owners.values().toArray(CompletableFuture[]::new))
                    .thenCompose(done -> {
                        List<CompletableFuture<Boolean>> dealt = new ArrayList<>();
                        owners.forEach((territory, owner) -> {
                            if (owner.join().isEmpty()) {
                                dealt.add(meetOrphan(session, territory));
                            } else if (territory.record().pending().isPresent()) {
                                expire(session, territory);
                            }
                        });
                        return CompletableFuture.allOf(dealt.toArray(CompletableFuture[]::new))
                                .thenApply(all2 -> (int) dealt.stream()
                                        .filter(CompletableFuture::join)
                                        .count());
                    });
        });
    }

    private static BumbaException busy(String what) {
        return new BumbaException(
                BumbaException.Code.UNAVAILABLE,
                "others changed the territories " + MAX_ATTEMPTS
                        + " times in a row (MAX_ATTEMPTS) before this process could " + what + "; try again");
    }

    @Override
    public void close() {
        turn.close();
    }
}

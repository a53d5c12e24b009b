package io.bumba.territory;

import io.bumba.agent.Agent;
import io.bumba.agent.AgentRecord;
import io.bumba.lock.DeadlockLink;
import io.bumba.zk.Async;
import io.bumba.zk.Secret;
import io.bumba.zk.Session;
import io.bumba.zk.SessionOverException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request for a territory, from the first look to its {@link Holding} or a refusal. No thread waits.
 *
 * <pre>
 *   LOOK: who asked earlier, the policy, two steps --done--> Holding
 *     |  `--hindered, no patience--> refusal
 *     `--hindered--> PLACE: among those who wait; watch what hinders; LOOK --still hindered--> WAIT --woken--> LOOK
 * </pre>
 *
 * Time-out, cancellation, a deadlock and the agent's end are heard between steps; a step that takes longer than {@link
 * #GRACE_NANOS} is not waited for: the request is answered, and what the step leaves is taken back when it ends.
 */
final class Allocation {
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How long after the end of an orphan's grace it is looked for; clocks of servers do not run quite alike. */
    private static final long ORPHAN_SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** How often a request that does not wait looks anew because whoever was in its way had gone. */
    private static final int MAX_GONE = 20;

    /** Why a request ends without a territory. */
    enum Ending {
        TIMED_OUT,
        CANCELLED,
        AGENT_ENDED,
        DEADLOCK
    }

    /** What it needs of its agent. */
    interface Asker {
        /** It has begun to wait, or waits for something else now. */
        void waits();

        /** The territory is there. */
        Holding hold(String id, TerritoryRecord record, Optional<Secret> secret, long zxid);

        /** Admits whom the agent has spawned since it asked. */
        CompletableFuture<?> heirs(Holding holding);
    }

    private final Ground ground;
    private final Session session;
    private final Agent agent;
    private final TerritoryRequest request;
    private final String id;
    private final TerritoryRecord record;
    private final Optional<Secret> secret;
    private final Asker asker;
    /** For what hinders, between two runs of the steps. */
    private final Patience patience;
    /** Of the steps themselves. */
    private final Patience stepping;

    private final CompletableFuture<AllocateResult> answer = new CompletableFuture<>();
    private final String uuid = UUID.randomUUID().toString();
    private final List<Future<?>> timers = new ArrayList<>();

    // Written by the step under way only.
    private @Nullable Requests place;
    private int gone;
    private volatile @Nullable Waiting waiting;
    private volatile Optional<Hindrance> last = Optional.empty();
    /** Its place among those who wait, as of the last look; 0 before it has one. */
    private volatile int position;

    private final Object lock = new Object();
    private @Nullable Ending ending;
    private List<DeadlockLink> cycle = List.of();

    /** @param record the territory as it is to be */
    Allocation(
            Ground ground,
            Agent agent,
            TerritoryRequest request,
            String id,
            TerritoryRecord record,
            Optional<Secret> secret,
            Asker asker) {
        this.ground = ground;
        this.session = agent.session();
        this.agent = agent;
        this.request = request;
        this.id = id;
        this.record = record;
        this.secret = secret;
        this.asker = asker;
        this.patience = new Patience(session, ground.shop().clock());
        this.stepping = new Patience(session, ground.shop().clock());
    }

    /** Completes on an inner thread: do not block it. */
    CompletableFuture<AllocateResult> result() {
        return answer;
    }

    /** Whether it waits, and others may wait for it. */
    boolean isWaiting() {
        return waiting != null && !answer.isDone();
    }

    void start() {
        if (!request.patience().isZero()) {
            timers.add(ground.shop()
                    .clock()
                    .schedule(() -> end(Ending.TIMED_OUT), request.patience().toNanos(), TimeUnit.NANOSECONDS));
        }
        session.onOver(this, () -> answer(new AllocateResult.Lost("the session ended")));
        look();
    }

    void end(Ending why) {
        synchronized (lock) {
            if (ending != null || answer.isDone()) {
                return;
            }
            ending = why;
            timers.add(ground.shop().clock().schedule(() -> answer(refusal()), GRACE_NANOS, TimeUnit.NANOSECONDS));
        }
        stepping.stop();
        patience.stop();
    }

    private void look() {
        Async.then(
                earlier().thenCombine(policy(), this::plan).thenCompose(plan -> new TwoSteps(
                                ground.ledger(),
                                ground.shop().layout(),
                                session,
                                ground.shop().nanos(),
                                plan,
                                stepping)
                        .run()),
                this::ran,
                this::failed);
    }

    private CompletableFuture<Map<String, RequestRecord>> earlier() {
        Requests mine = place;
        return mine != null
                ? mine.earlier()
                : Requests.all(session, ground.shop().layout());
    }

    private CompletableFuture<Policy> policy() {
        return session.read(ground.shop().layout().policy()).thenApply(Policy::read);
    }

    private AllocatePlan plan(Map<String, RequestRecord> earlier, Policy policy) {
        position = place == null ? 0 : earlier.size() + 1;
        AgentRecord owner = agent.record();
        return new AllocatePlan(id, record, owner, policy, earlier);
    }

    private void ran(TwoSteps.Result result) {
        if (result instanceof TwoSteps.Result.Done done) {
            finish(() -> {
                Holding holding = asker.hold(id, record, secret, done.zxid());
                Async.then(asker.heirs(holding), admitted -> give(holding), failure -> give(holding));
            });
            return;
        }
        Hindrance by = ((TwoSteps.Result.Hindered) result).by();
        boolean nobody = by instanceof Hindrance.Gone || by instanceof Hindrance.Unwanted;
        if (!nobody) {
            last = Optional.of(by);
        }
        // Whoever asked earlier has left meanwhile: who else did is to be read anew, also by one that does not wait.
        boolean again = by instanceof Hindrance.Gone && ++gone <= MAX_GONE;
        boolean ends = by instanceof Hindrance.Rule || (request.patience().isZero() && !again) || patience.isStopped();
        if (ends) {
            last = last.or(() -> Optional.of(by).filter(Hindrance.Gone.class::isInstance));
            finish(() -> answer(refusal()));
        } else if (nobody) {
            look();
        } else {
            waitFor(by);
        }
    }

    private void give(Holding holding) {
        // One that ends another way, a victim too, has nothing.
        boolean given = !isEnding() && answer.complete(new AllocateResult.Allocated(holding));
        if (!given) {
            Async.then(holding.releaseAsync(), released -> answer(refusal()), lost -> answer(refusal()));
        }
        session.forget(this);
    }

    private void waitFor(Hindrance by) {
        Set<String> nodes = nodes(by);
        if (patience.isArmedFor(nodes)) {
            asker.waits();
            Async.then(patience.await(atMost(by)), woken -> look(), this::failed);
            return;
        }
        // Of a node that need only go the watch tells all; a territory may have changed before it was watched.
        boolean looksAgain = by instanceof Hindrance.Blocked;
        Async.then(
                CompletableFuture.completedFuture(by)
                        .thenCompose(this::takePlace)
                        .thenCompose(there -> patience.arm(nodes)),
                armed -> {
                    if (looksAgain) {
                        look();
                    } else {
                        asker.waits();
                        Async.then(patience.await(atMost(by)), woken -> look(), this::failed);
                    }
                },
                this::failed);
    }

    /** The end of an orphan's grace is no event: whoever waits for it looks then. Null where an event will come. */
    private @Nullable Duration atMost(Hindrance by) {
        if (!(by instanceof Hindrance.Blocked blocked)) {
            return null;
        }
        Territory first = blocked.by().get(0).territory();
        if (first.record().state() != TerritoryState.ORPHANED) {
            return null;
        }
        long age = ground.shop().nanos().getAsLong() - first.seenAt();
        long left = TimeUnit.MILLISECONDS.toNanos(first.record().orphanGraceMillis()) - age;
        return Duration.ofNanos(Math.max(left, 0) + ORPHAN_SLACK_NANOS);
    }

    private CompletableFuture<Void> takePlace(Hindrance by) {
        RequestRecord mine = new RequestRecord(
                record.owner(),
                record.title(),
                id,
                record.type(),
                record.patterns(),
                record.parent(),
                record.since(),
                blockers(by));
        Requests at = place;
        if (at == null) {
            at = new Requests(session, ground.shop().layout(), uuid);
            place = at;
        }
        Requests taken = at;
        return taken.write(mine).thenCompose(there -> {
            Waiting now = waiting;
            if (now == null) {
                now = new Waiting(ground, session, record.owner(), record.title(), marked -> {
                    synchronized (lock) {
                        cycle = marked;
                    }
                    end(Ending.DEADLOCK);
                });
                waiting = now;
            }
            return now.declare(taken.place().orElseThrow());
        });
    }

    /** What to watch: the first one in the way. */
    private Set<String> nodes(Hindrance by) {
        Set<String> nodes = new LinkedHashSet<>();
        if (by instanceof Hindrance.Blocked blocked) {
            Territory first = blocked.by().get(0).territory();
            nodes.add(ground.shop().layout().territory(first.id()));
            if (first.record().state() != TerritoryState.ORPHANED) {
                nodes.add(
                        ground.shop().layout().owner(first.id(), first.record().ownerNode()));
            }
        } else if (by instanceof Hindrance.Occupied occupied) {
            nodes.add(occupied.by().get(0).node());
        } else if (by instanceof Hindrance.Behind behind) {
            nodes.add(behind.node());
        }
        return nodes;
    }

    private static List<RequestRecord.Blocker> blockers(Hindrance by) {
        if (by instanceof Hindrance.Occupied occupied) {
            return occupied.by().stream()
                    .limit(AllocateResult.Conflicting.MAX_SHOWN)
                    .map(o -> new RequestRecord.Blocker(o.agent(), o.path().value(), o.node()))
                    .toList();
        }
        return by instanceof Hindrance.Behind behind
                ? List.of(new RequestRecord.Blocker(
                        behind.request().agent(),
                        "a territory for " + behind.request().title(),
                        behind.node()))
                : List.of();
    }

    private void failed(Throwable failure) {
        finish(() -> {
            if (failure instanceof SessionOverException) {
                answer(new AllocateResult.Lost("the session ended"));
            } else {
                answer.completeExceptionally(failure);
            }
        });
        Async.guarded(() -> ground.ledger()
                .look((atlas, version) -> atlas.find(id))
                .ifPresent(left -> Async.then(ground.ledger().takeBack(session, left), done -> {})));
    }

    /** Leaves the place, then answers. */
    private void finish(Runnable then) {
        stepping.disarm();
        patience.disarm();
        Requests at = place;
        Waiting now = waiting;
        CompletableFuture<Void> left = at == null ? CompletableFuture.completedFuture(null) : at.leave();
        CompletableFuture<Void> undeclared = now == null ? CompletableFuture.completedFuture(null) : now.end();
        Async.then(CompletableFuture.allOf(left, undeclared), gone -> then.run(), failure -> then.run());
    }

    private void answer(AllocateResult result) {
        if (answer.complete(result)) {
            session.forget(this);
        }
        synchronized (lock) {
            timers.forEach(timer -> timer.cancel(false));
        }
    }

    private boolean isEnding() {
        synchronized (lock) {
            return ending != null && ending != Ending.TIMED_OUT;
        }
    }

    private AllocateResult refusal() {
        Ending why;
        List<DeadlockLink> links;
        synchronized (lock) {
            why = ending;
            links = cycle;
        }
        if (why == Ending.DEADLOCK) {
            return new AllocateResult.Deadlock(links);
        }
        if (why == Ending.AGENT_ENDED || why == Ending.CANCELLED) {
            return new AllocateResult.Lost(why == Ending.CANCELLED ? "it was cancelled" : "the agent ended");
        }
        // Who was ahead and left is no reason to be told; what was in the way was not learnt in time.
        boolean timedOut = why == Ending.TIMED_OUT;
        Optional<Hindrance> told = timedOut ? last.filter(by -> !(by instanceof Hindrance.Gone)) : last;
        return Refusals.of(told, ground.ledger(), id, record, timedOut, position);
    }
}

package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.agent.Belongings;
import io.bumba.event.Event;
import io.bumba.path.PathPatterns;
import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import io.bumba.zk.Cluster;
import io.bumba.zk.Session;
import io.bumba.zk.WorkspaceSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one agent has and asks for, a desk for each file. At a desk there is one hold or one acquisition under way, and
 * requests of the same agent that join it: they are answered by its hold, counted, or become the next acquisition.
 * Thread-safe; nobody is called back while
 * the lock is held, but for listeners of events, which must not block.
 */
final class Desks implements Belongings {
    private final Workshop shop;
    private final Agent agent;
    private final Session session;
    private final WorkspaceSettings settings;
    private final Deadlocks deadlocks;

    private final Object lock = new Object();
    private final Map<RepoPath, Desk> desks = new HashMap<>();
    private final RequestIds ids = new RequestIds();
    private volatile BooleanSupplier ownsMore = () -> false;
    private volatile BooleanSupplier waitsElsewhere = () -> false;
    private volatile List<LocalArea> areas = List.of();
    private @Nullable String closed;

    Desks(Workshop shop, Agent agent, WorkspaceSettings settings) {
        this.shop = shop;
        this.agent = agent;
        this.session = agent.session();
        this.settings = settings;
        this.deadlocks =
                new Deadlocks(session, shop.layout(), shop.borders(), agent.id().value());
    }

    /** Begins the request, or joins the one of the same id. */
    Request ask(RepoPath path, LockOptions options) {
        String id = options.requestId();
        Request fresh = new Request(
                shop,
                this,
                path,
                options,
                options.patience() == null ? settings.fileLockTimeout() : options.patience());
        if (id == null) {
            submit(fresh);
            return fresh;
        }
        Request known;
        synchronized (lock) {
            known = ids.joinOr(path, options, id, () -> fresh);
        }
        if (known == fresh) {
            submit(fresh);
            return fresh;
        }
        Optional<LockGrant> ended = RequestIds.endedGrant(known);
        if (ended.isEmpty()) {
            return known;
        }
        LockResult answer = new LockResult.Lost(
                path,
                "request '" + id + "' was granted under token " + ended.get().token()
                        + " and has ended since; ask anew under an id of its own");
        refused(fresh, answer);
        fresh.answer(answer);
        return fresh;
    }

    List<RepoPath> held() {
        synchronized (lock) {
            return Stream.concat(
                            desks.entrySet().stream()
                                    .filter(desk -> desk.getValue().isHolding())
                                    .map(Map.Entry::getKey),
                            areas.stream().flatMap(area -> area.held().stream()))
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    @Override
    public CompletableFuture<List<String>> surrender() {
        List<Hold> holds = new ArrayList<>();
        List<Acquisition> underWay = new ArrayList<>();
        close("the agent is terminating", holds, underWay);
        underWay.forEach(acquisition -> acquisition.end(Ending.Gone.AGENT_ENDED));
        holds.forEach(hold -> hold.lose("its agent terminated"));
        CompletableFuture<?>[] swept = underWay.stream().map(Acquisition::swept).toArray(CompletableFuture[]::new);
        List<CompletableFuture<String>> nodes =
                holds.stream().map(Hold::settledNode).toList();
        return CompletableFuture.allOf(swept)
                .thenCompose(gone -> CompletableFuture.allOf(nodes.toArray(CompletableFuture[]::new)))
                .thenApply(
                        settled -> nodes.stream().map(CompletableFuture::join).toList());
    }

    @Override
    public void gone(String why) {
        List<Hold> holds = new ArrayList<>();
        List<Acquisition> underWay = new ArrayList<>();
        close(why, holds, underWay);
        underWay.forEach(acquisition -> acquisition.end(Ending.Gone.AGENT_ENDED));
        holds.forEach(hold -> {
            hold.lose(why);
            // The registration may have been deleted while the session lives on.
            delete(hold);
        });
    }

    private void delete(Hold hold) {
        Async.then(
                hold.settledNode()
                        .thenCompose(node ->
                                Cluster.once(session, s -> s.transaction().delete(node))),
                outcome -> {});
    }

    private void close(String why, List<Hold> holds, List<Acquisition> underWay) {
        List<Request> refused = new ArrayList<>();
        synchronized (lock) {
            if (closed == null) {
                closed = why;
            }
            for (Desk desk : desks.values()) {
                refused.addAll(desk.joiners);
                desk.joiners.clear();
                if (desk.current != null) {
                    underWay.add(desk.current);
                }
                if (desk.hold != null) {
                    holds.add(desk.hold);
                }
            }
        }
        refused.forEach(request -> request.answer(new LockResult.Lost(request.path(), why)));
        areas.forEach(area -> area.end(why));
    }

    // ---- one file
    // ----------------------------------------------------------------------------------------------------

    /** Guarded by the lock. */
    private static final class Desk {
        private @Nullable Hold hold;
        private @Nullable Acquisition current;
        private final List<Request> joiners = new ArrayList<>();

        private boolean isIdle() {
            return hold == null && current == null && joiners.isEmpty();
        }

        private boolean isHolding() {
            return hold != null && hold.isHeld();
        }
    }

    private void submit(Request request) {
        agent.touch();
        Runnable next;
        synchronized (lock) {
            if (request.result().isDone()) {
                return;
            }
            try {
                next = closed == null ? place(request) : refusing(request, closed);
            } catch (BumbaException e) {
                next = () -> request.fail(e);
            }
        }
        next.run();
    }

    private Runnable refusing(Request request, String why) {
        return () -> {
            LockResult answer = new LockResult.Lost(request.path(), why);
            refused(request, answer);
            request.answer(answer);
        };
    }

    /** What to do with the request once the lock is let go. */
    private Runnable place(Request request) {
        RepoPath path = request.path();
        if (!areas.isEmpty() && !desks.containsKey(path)) {
            for (LocalArea area : areas) {
                if (area.covers(path)) {
                    return area.place(request);
                }
            }
        }
        return placeReal(request);
    }

    /** The usual way: by a contender. */
    private Runnable placeReal(Request request) {
        RepoPath path = request.path();
        Desk desk = desks.computeIfAbsent(path, p -> new Desk());
        Hold hold = desk.hold;
        if (hold != null) {
            if (hold.isHeld() && request.wantsMoreThan(hold.mode())) {
                return () -> upgrade(hold, request);
            }
            CountedGrant grant = hold.count(false, request.options().lease());
            if (grant != null) {
                return () -> request.answer(new LockResult.Granted(grant));
            }
            join(desk, request);
            return hold.isHeld()
                    ? () -> Async.then(hold.settledNode().thenCompose(node -> session.whenLive()), live -> drain(path))
                    : () -> {};
        }
        if (desk.current == null) {
            return begin(desk, request);
        }
        if (!request.isPatient() && desk.current.isWaiting()) {
            return () -> inspect(request);
        }
        join(desk, request);
        return () -> {};
    }

    private Runnable begin(Desk desk, Request request) {
        RepoPath path = request.path();
        Acquisition started;
        try {
            started = new Acquisition(
                    shop,
                    session,
                    agent.id().value(),
                    path,
                    request.options(),
                    request.left(),
                    settings.ageing(),
                    asker(path));
        } catch (BumbaException e) {
            forgetIfIdle(path, desk);
            throw e;
        }
        desk.current = started;
        boolean wanted = request.leads(started);
        return () -> {
            Async.then(started.result(), result -> acquired(request, result), failure -> {
                vacate(path);
                request.fail(failure);
            });
            if (!wanted) {
                started.end(Ending.Gone.CANCELLED);
            }
            started.start();
        };
    }

    private Acquisition.Asker asker(RepoPath path) {
        return new Acquisition.Asker() {
            @Override
            public void waiting() {
                refuseImpatientJoiners(path);
            }

            @Override
            public boolean hasOthers() {
                if (ownsMore.getAsBoolean() || waitsElsewhere.getAsBoolean()) {
                    return true;
                }
                synchronized (lock) {
                    return desks.entrySet().stream()
                            .anyMatch(other -> !other.getKey().equals(path)
                                    && (other.getValue().hold != null || other.getValue().current != null));
                }
            }

            @Override
            public void walk() {
                Async.then(Desks.this.walk(), broken -> {});
            }
        };
    }

    /** After a grant: who waits for that file may wait for an agent that waits elsewhere. */
    private void walkIfWaiting() {
        if (!waiting().isEmpty() || waitsElsewhere.getAsBoolean()) {
            Async.then(walkAtOnce(), broken -> {});
        }
    }

    /** The inside of a territory whose locks are granted from memory from now on. */
    LocalArea open(String ownerNode, PathPatterns patterns, Supplier<CompletableFuture<Long>> rebase) {
        LocalArea area = new LocalArea(this, shop, session, agent.id().value(), ownerNode, patterns, rebase);
        synchronized (lock) {
            List<LocalArea> more = new ArrayList<>(areas);
            more.add(area);
            areas = List.copyOf(more);
        }
        return area;
    }

    void forget(LocalArea area) {
        synchronized (lock) {
            areas = areas.stream().filter(other -> other != area).toList();
        }
    }

    void resubmit(Request request) {
        submit(request);
    }

    /** A lock with a contender, though the file lies in a territory with local grants. */
    CompletableFuture<LockResult> askReal(RepoPath path, LockOptions options) {
        Request request = new Request(shop, this, path, options, Objects.requireNonNull(options.patience()));
        Runnable next;
        synchronized (lock) {
            try {
                next = closed == null ? placeReal(request) : refusing(request, closed);
            } catch (BumbaException e) {
                next = () -> request.fail(e);
            }
        }
        next.run();
        return request.result();
    }

    /** What besides files may close a circle through the agent. */
    void entangledWhile(BooleanSupplier owns, BooleanSupplier waits) {
        ownsMore = owns;
        waitsElsewhere = waits;
    }

    boolean isWaiting() {
        return !waiting().isEmpty();
    }

    /** Something was written that may have closed a circle: walks, and hears at once of what others find. */
    CompletableFuture<?> walkAtOnce() {
        waiting().forEach(Acquisition::hearOfDeadlocks);
        return walk();
    }

    /** Breaks the deadlocks that the agent is in. A victim of another process hears of it by the watch on its wait. */
    private CompletableFuture<?> walk() {
        return deadlocks.walk().thenAccept(broken -> {
            if (!broken.isEmpty()) {
                waiting().forEach(Acquisition::lookWhetherVictim);
            }
        });
    }

    private List<Acquisition> waiting() {
        synchronized (lock) {
            return desks.values().stream()
                    .flatMap(desk -> Optional.ofNullable(desk.current).stream())
                    .filter(Acquisition::isWaiting)
                    .toList();
        }
    }

    private void acquired(Request request, Acquisition.Result result) {
        RepoPath path = request.path();
        LockResult answer;
        Hold hold = result.hold();
        synchronized (lock) {
            Desk desk = desks.computeIfAbsent(path, p -> new Desk());
            desk.current = null;
            if (hold == null) {
                answer = Objects.requireNonNull(result.refusal());
            } else {
                CountedGrant grant =
                        closed == null ? hold.count(true, request.options().lease()) : null;
                if (grant == null) {
                    answer = new LockResult.Lost(path, closed == null ? "the session ended" : closed);
                } else {
                    desk.hold = hold;
                    answer = new LockResult.Granted(grant);
                }
            }
        }
        if (hold != null) {
            if (answer.grant().isPresent()) {
                Async.then(hold.ended(), ended -> vacate(path));
                walkIfWaiting();
            } else {
                hold.lose("its agent ended");
                delete(hold);
            }
        }
        request.answer(answer);
        drain(path);
    }

    private void upgrade(Hold hold, Request request) {
        request.limit(request::answerUnseen);
        BorderPost post =
                new BorderPost(shop.borders(), session, agent.id().value(), request.path(), LockMode.EXCLUSIVE);
        Async.then(
                post.patiently(hold::upgrade, request.result()),
                how -> {
                    if (request.result().isDone()) {
                        return;
                    }
                    CountedGrant grant = how instanceof Hold.Upgrade.Done
                            ? hold.count(false, request.options().lease())
                            : null;
                    if (grant != null) {
                        walkIfWaiting();
                        request.answer(new LockResult.Granted(grant));
                    } else if (how instanceof Hold.Upgrade.Occupied) {
                        refuseUpgrade(hold, request);
                    } else if (how instanceof Hold.Upgrade.Forbidden forbidden) {
                        LockResult answer = new LockResult.TerritoryForbids(request.path(), forbidden.by());
                        refused(request, answer);
                        request.answer(answer);
                    } else {
                        refusing(request, "it was held shared by this agent, and that ended meanwhile")
                                .run();
                    }
                },
                request::fail);
    }

    private void refuseUpgrade(Hold hold, Request request) {
        Async.then(
                LockReader.read(session, shop.layout(), request.path()),
                seen -> {
                    LockEntry entry = seen.entry();
                    LockResult answer = new LockResult.UpgradeRefused(
                            request.path(),
                            entry.holders().stream()
                                    .filter(h -> !h.token().equals(hold.token()))
                                    .toList(),
                            entry.waiters());
                    refused(request, answer);
                    request.answer(answer);
                },
                request::fail);
    }

    /** The hold or the acquisition at the desk has ended. */
    private void vacate(RepoPath path) {
        synchronized (lock) {
            Desk desk = desks.get(path);
            if (desk == null) {
                return;
            }
            if (desk.hold != null && desk.hold.ended().isDone()) {
                desk.hold = null;
            }
            if (desk.current != null && desk.current.result().isDone()) {
                desk.current = null;
            }
        }
        drain(path);
    }

    private void drain(RepoPath path) {
        List<Request> next;
        synchronized (lock) {
            Desk desk = desks.get(path);
            if (desk == null) {
                return;
            }
            next = List.copyOf(desk.joiners);
            desk.joiners.clear();
            forgetIfIdle(path, desk);
        }
        next.forEach(this::submit);
    }

    private void forgetIfIdle(RepoPath path, Desk desk) {
        if (desk.isIdle()) {
            desks.remove(path, desk);
            areas.forEach(area -> area.hadContender(path));
        }
    }

    private void join(Desk desk, Request request) {
        desk.joiners.add(request);
        request.startTimer();
    }

    /** Whether the request was waiting at a desk, and does so no longer. */
    boolean leave(Request request) {
        for (LocalArea area : areas) {
            if (area.leave(request)) {
                return true;
            }
        }
        synchronized (lock) {
            Desk desk = desks.get(request.path());
            if (desk == null || !desk.joiners.remove(request)) {
                return false;
            }
            forgetIfIdle(request.path(), desk);
            return true;
        }
    }

    private void refuseImpatientJoiners(RepoPath path) {
        List<Request> impatient;
        synchronized (lock) {
            Desk desk = desks.get(path);
            if (desk == null) {
                return;
            }
            impatient = desk.joiners.stream()
                    .filter(request -> !request.isPatient())
                    .toList();
            desk.joiners.removeAll(impatient);
        }
        impatient.forEach(this::inspect);
    }

    /** Answers with who is in the way, as far as the servers say. */
    void inspect(Request request) {
        if (!session.isLive() && !session.isOver()) {
            request.answerUnseen();
            return;
        }
        Async.then(
                LockReader.read(session, shop.layout(), request.path())
                        .orTimeout(shop.operationTimeout().toNanos(), TimeUnit.NANOSECONDS),
                seen -> {
                    LockResult answer = inTheWay(request, seen.entry());
                    refused(request, answer);
                    request.answer(answer);
                },
                failure -> {
                    if (session.isOver()) {
                        request.answer(new LockResult.Lost(request.path(), "the session ended"));
                    } else {
                        request.answerUnseen();
                    }
                });
    }

    private static LockResult inTheWay(Request request, LockEntry entry) {
        Optional<String> mutex =
                entry.foreign().stream().filter(Contender::isMutex).findFirst();
        int waiters = entry.waiters().size();
        return request.isPatient()
                ? new LockResult.TimedOut(request.path(), entry.holders(), waiters, mutex)
                : new LockResult.Held(request.path(), entry.holders(), waiters, mutex);
    }

    void refused(Request request, LockResult answer) {
        shop.events()
                .publish(new Event.LockRefused(
                        shop.time().instant(),
                        agent.id().value(),
                        request.path(),
                        request.options().mode().name(),
                        answer.getClass().getSimpleName(),
                        answer.message()));
    }
}

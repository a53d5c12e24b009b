package io.bumba.territory;

import io.bumba.lock.LockEntry;
import io.bumba.lock.LockMode;
import io.bumba.lock.LockTable;
import io.bumba.lock.LockView;
import io.bumba.path.PathPattern;
import io.bumba.path.RepoPath;
import io.bumba.zk.Cluster;
import io.bumba.zk.Layout;
import io.bumba.zk.Node;
import io.bumba.zk.Session;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Reads everybody's territories. For displays and questions; decides nothing. Thread-safe. */
public final class TerritoryTable {
    private final Supplier<Session> session;
    private final Layout layout;
    private final Cluster cluster;
    private final InstantSource time;
    private final LockTable locks;
    private final LedgerCopy copy;

    public TerritoryTable(
            Supplier<Session> session, Layout layout, Cluster cluster, InstantSource time, LockTable locks) {
        this.session = session;
        this.layout = layout;
        this.cluster = cluster;
        this.time = time;
        this.locks = locks;
        this.copy = new LedgerCopy(layout, System::nanoTime);
    }

    /**
     * All of them, with what happens inside now.
     *
     * @throws io.bumba.BumbaException when the servers do not answer
     */
    public TerritoriesView read() {
        return read(locks.read());
    }

    /** The same with locks that were read already. */
    public TerritoriesView read(LockView now) {
        Instant readAt = time.instant();
        Session reading = session.get();
        refresh(reading);
        Map<String, RequestRecord> requests =
                cluster.await(Requests.all(reading, layout), "read who waits for territories");
        return copy.look((atlas, version) -> new Snapshot(atlas, version, now, requests.values())
                .view(readAt, owners(reading, List.copyOf(atlas.all()))));
    }

    /** One of them; empty when there is none with that id. */
    public Optional<TerritoryView> find(String id) {
        return read().territories().stream()
                .filter(territory -> territory.id().equals(id))
                .findFirst();
    }

    /** The ids of the territories that a path lies in, or is to lie in, as of the last reading; it does not read itself. */
    public Set<String> at(RepoPath path) {
        return copy.look((atlas, version) ->
                atlas.at(path).stream().map(overlap -> overlap.territory().id()).collect(Collectors.toSet()));
    }

    /** @param agent whom the answer is for; empty for anybody */
    public Explanation explain(RepoPath path, Optional<String> agent) {
        Session reading = session.get();
        refresh(reading);
        LockEntry lock = locks.find(path);
        return copy.look((atlas, version) -> {
            String who = agent.orElse("");
            List<Explanation.TerritoryClaim> claims = atlas.at(path).stream()
                    .map(overlap -> new Explanation.TerritoryClaim(
                            overlap.claim(),
                            overlap.theirs().value(),
                            overlap.territory().record().state(),
                            overlap.territory().admits(who)))
                    .toList();
            return new Explanation(
                    path,
                    agent,
                    claims,
                    verdict(atlas, who, path, LockMode.EXCLUSIVE),
                    verdict(atlas, who, path, LockMode.SHARED),
                    lock);
        });
    }

    private static Explanation.Verdict verdict(Atlas atlas, String agent, RepoPath path, LockMode mode) {
        Atlas.Verdict verdict = atlas.passage(agent, path, mode);
        if (verdict.forbids().isPresent()) {
            Territory by = verdict.forbids().get().territory();
            return new Explanation.Verdict(
                    false,
                    by.record().type() == TerritoryType.SHARED
                            ? "nobody writes in SHARED territory " + by.id()
                            : "EXCLUSIVE territory " + by.id() + " of "
                                    + by.record().owner(),
                    Optional.of(verdict.forbids().get().claim()));
        }
        if (verdict.pending().isPresent()) {
            return new Explanation.Verdict(
                    false,
                    "territory " + verdict.pending().get().id() + " is being allocated or changed there; ask again",
                    Optional.empty());
        }
        return new Explanation.Verdict(
                true,
                verdict.recorders().isEmpty()
                        ? "with a lock"
                        : "with a lock, and MONITORED territory " + String.join(", ", verdict.recorders())
                                + " records it",
                Optional.empty());
    }

    private void refresh(Session reading) {
        cluster.await(copy.load(reading).thenCompose(loaded -> copy.refresh(reading)), "read the territories");
    }

    private Map<String, Optional<Node>> owners(Session reading, List<Territory> territories) {
        Map<String, CompletableFuture<Optional<Node>>> reads = new HashMap<>();
        territories.forEach(territory -> reads.put(
                territory.id(),
                reading.read(layout.owner(territory.id(), territory.record().ownerNode()))));
        cluster.await(
                CompletableFuture.allOf(reads.values().toArray(CompletableFuture[]::new)),
                "read the owners of territories");
        Map<String, Optional<Node>> owners = new HashMap<>();
        reads.forEach((id, node) -> owners.put(id, node.join()));
        return owners;
    }

    /** What is counted for each territory. */
    private record Snapshot(Atlas atlas, int version, LockView locks, java.util.Collection<RequestRecord> requests) {
        TerritoriesView view(Instant readAt, Map<String, Optional<Node>> owners) {
            Map<String, Integer> held = new HashMap<>();
            Map<String, Integer> waiting = new HashMap<>();
            Map<String, Integer> contested = new HashMap<>();
            for (LockEntry entry : locks.locks()) {
                for (Atlas.Overlap at : atlas.at(entry.path())) {
                    String id = at.territory().id();
                    held.merge(id, entry.holders().isEmpty() ? 0 : 1, Integer::sum);
                    waiting.merge(id, entry.waiters().size(), Integer::sum);
                }
            }
            List<WaitingView> waiters = new ArrayList<>();
            for (RequestRecord request : requests) {
                List<String> blockers =
                        atlas
                                .conflicts(request.territory(), request.patterns(), request.type(), request.parent())
                                .stream()
                                .map(overlap -> overlap.territory().id())
                                .toList();
                blockers.forEach(id -> contested.merge(id, 1, Integer::sum));
                waiters.add(new WaitingView(
                        request.agent(),
                        request.title(),
                        request.type(),
                        request.patterns().patterns().stream()
                                .map(PathPattern::value)
                                .toList(),
                        request.since(),
                        blockers));
            }
            List<TerritoryView> views = atlas.all().stream()
                    .map(territory -> TerritoryView.of(
                            territory,
                            owners.getOrDefault(territory.id(), Optional.empty()),
                            held.getOrDefault(territory.id(), 0),
                            waiting.getOrDefault(territory.id(), 0),
                            contested.getOrDefault(territory.id(), 0)))
                    .sorted(Comparator.comparing(TerritoryView::id))
                    .toList();
            return new TerritoriesView(views, waiters, version, readAt);
        }
    }
}

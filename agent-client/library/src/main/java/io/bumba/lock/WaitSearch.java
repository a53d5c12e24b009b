package io.bumba.lock;

import io.bumba.agent.AgentId;
import io.bumba.path.Printable;
import io.bumba.path.RepoPath;
import io.bumba.zk.Children;
import io.bumba.zk.Codec;
import io.bumba.zk.Layout;
import io.bumba.zk.Node;
import io.bumba.zk.Session;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One search for a cycle through one agent, by breadth: the waits of some agents, the lines in which they wait, whose nodes
 * block them there, or what keeps a territory from them; then the waits of those. Every listing and every node is read once, those of one step together. What
 * it finds is of many moments, a cycle to be confirmed; what it does not find was not there when the search began, unless
 * it {@linkplain Found#moved says so}. Runs once, on the session's event thread.
 *
 * <pre>
 *   waits of agents -> lines of those files -> nodes of the waiting and the blocking -> waits of the blocking -.
 *        ^                                                                                                     |
 *        `---------------------- the agents that block and were not met before <------------------------------'
 * </pre>
 */
final class WaitSearch {
    /** The agents of the longest cycle that is looked for; its names fit into one transaction. */
    static final int MAX_CYCLE = 300;

    /** How many reads are under way at once, so that the session's other requests get their turn. */
    private static final int AT_ONCE = 500;

    private static final int UUID_LENGTH = 36;
    private static final Logger LOG = LoggerFactory.getLogger(WaitSearch.class);

    /**
     * What came of it.
     *
     * @param moved a waiter left the queue while the search read; it may stand in line now, unseen
     * @param reads how many it took
     * @param exhausted it would have taken more than it was allowed to
     */
    record Found(Optional<WaitGraph.Cycle> cycle, boolean moved, int reads, boolean exhausted) {}

    /**
     * A wait. A marked one is over, whether its agent knows yet or not.
     *
     * @param path the file that it is for, or empty when it is for a territory
     */
    private record Waiting(WaitGraph.Wait pending, Optional<RepoPath> path, boolean marked) {
        /** Where it stands among those that wait for territories. */
        Optional<String> request() {
            return pending.data().territory();
        }

        /** Whether this is the znode in which it waits, be it for a file or for a territory. */
        boolean isAt(String node) {
            if (request().isPresent()) {
                return request().get().equals(node);
            }
            String name = node.substring(node.lastIndexOf('/') + 1);
            return Contender.parse(name)
                    .<Standing>map(contender -> contender)
                    .or(() -> QueuePlace.parse(name))
                    .filter(standing -> standing.own().equals(own(pending.node())))
                    .isPresent();
        }
    }

    /** A node of line or queue, as far as it is one of ours. */
    private record Owned(String agent, Priority asked, boolean downgraded, long czxid) {}

    /** A blocker of which it is not yet known whether it waits itself. */
    private sealed interface Candidate {
        String agent();
    }

    /** One in line or queue. */
    private record InLine(
            WaitGraph.Wait pending, String waiting, Standing blocker, String node, boolean holds, String agent)
            implements Candidate {}

    /** One that keeps a territory from somebody. */
    private record Landed(WaitGraph.Wait pending, String request, Obstacle obstacle) implements Candidate {
        @Override
        public String agent() {
            return obstacle.agent();
        }

        Map<String, Integer> proof() {
            Map<String, Integer> all = new TreeMap<>(obstacle.proof());
            all.putIfAbsent(request, -1);
            return all;
        }
    }

    /** A waiting node, and those before it whose agents were not met yet. */
    private record Situation(
            WaitGraph.Wait pending, RepoPath path, Line line, Standing waiting, List<Standing> blockers) {}

    /** A file's line, and its nodes by what their uuids begin with; contenders win. */
    private record Listed(Line line, Map<String, Standing> byOwn) {
        static Listed of(Line line) {
            Map<String, Standing> byOwn = new HashMap<>();
            line.inOrder().forEach(standing -> byOwn.putIfAbsent(standing.own(), standing));
            return new Listed(line, byOwn);
        }
    }

    private final Session session;
    private final Layout layout;
    private final Borders borders;
    private final String start;
    private final int allowance;

    private final WaitGraph graph = new WaitGraph();
    private final Map<String, Map<String, Waiting>> waits = new HashMap<>();
    private final Map<RepoPath, Listed> lines = new HashMap<>();
    private final Map<String, Optional<Owned>> nodes = new HashMap<>();
    private final Set<String> reached = new HashSet<>();
    private List<Candidate> candidates = List.of();
    private int depth;
    private int reads;
    private boolean closed;
    private boolean moved;
    private boolean exhausted;

    /** @param allowance how many reads it may take */
    WaitSearch(Session session, Layout layout, Borders borders, String start, int allowance) {
        this.borders = borders;
        this.session = session;
        this.layout = layout;
        this.start = start;
        this.allowance = allowance;
    }

    CompletableFuture<Found> run() {
        reached.add(start);
        return waitsOf(Set.of(start)).thenCompose(known -> explore(Set.of(start)));
    }

    private CompletableFuture<Found> explore(Set<String> agents) {
        if (exhausted || agents.isEmpty()) {
            return found();
        }
        if (++depth > MAX_CYCLE) {
            exhausted = true;
            return found();
        }
        return candidatesOf(agents)
                .thenCompose(read -> {
                    candidates = read;
                    Set<String> unknown = new LinkedHashSet<>();
                    read.stream()
                            .map(Candidate::agent)
                            .filter(agent -> !waits.containsKey(agent))
                            .forEach(unknown::add);
                    return waitsOf(unknown);
                })
                .thenCompose(known -> {
                    Set<String> next = new LinkedHashSet<>();
                    candidates.forEach(candidate -> settle(candidate, next));
                    return closed || exhausted ? found() : explore(next);
                });
    }

    private CompletableFuture<Found> found() {
        Optional<WaitGraph.Cycle> cycle = closed ? graph.cycleThrough(start) : Optional.empty();
        return CompletableFuture.completedFuture(new Found(cycle, moved, reads, exhausted));
    }

    /** Makes an edge of what blocks and stays. */
    private void settle(Candidate candidate, Set<String> next) {
        Optional<WaitGraph.Edge> edge = candidate instanceof InLine inLine ? edge(inLine) : edge((Landed) candidate);
        edge.ifPresent(found -> {
            graph.add(found);
            closed |= found.blockerAgent().equals(start);
            if (reached.add(found.blockerAgent())) {
                next.add(found.blockerAgent());
            }
        });
    }

    private Optional<WaitGraph.Edge> edge(Landed candidate) {
        Map<String, Integer> proof = candidate.proof();
        // What is in the way may wait itself, and when that wait is marked it is about to leave.
        Optional<Waiting> blocking = waits.getOrDefault(candidate.agent(), Map.of()).values().stream()
                .filter(wait -> proof.keySet().stream().anyMatch(wait::isAt))
                .findFirst();
        return blocking.filter(Waiting::marked).isPresent()
                ? Optional.empty()
                : Optional.of(new WaitGraph.Edge(
                        candidate.pending(),
                        Printable.of(candidate.obstacle().what()),
                        candidate.agent() + " " + proof,
                        proof,
                        blocking.map(Waiting::pending),
                        candidate.agent()));
    }

    private Optional<WaitGraph.Edge> edge(InLine candidate) {
        Optional<Waiting> blocking = Optional.ofNullable(waits.getOrDefault(candidate.agent(), Map.of())
                .get(candidate.blocker().own()));
        boolean leaves = blocking.map(Waiting::marked)
                // A contender in line without a wait is about to withdraw, or will search itself once it waits.
                .orElse(candidate.blocker() instanceof Contender);
        if (!candidate.holds() && leaves) {
            return Optional.empty();
        }
        Optional<WaitGraph.Wait> alsoWaits = candidate.holds() ? Optional.empty() : blocking.map(Waiting::pending);
        return Optional.of(WaitGraph.Edge.inLine(
                candidate.pending(), candidate.waiting(), candidate.node(), alsoWaits, candidate.agent()));
    }

    // ---- reads
    // ------------------------------------------------------------------------------------------------------

    /** Reads what the agents wait for. */
    private CompletableFuture<Void> waitsOf(Set<String> agents) {
        return each(agents, 1, agent -> session.children(layout.waits(agent))).thenCompose(listings -> {
            Map<String, String> agentOf = new LinkedHashMap<>();
            listings.forEach((agent, children) -> children.orElse(Children.NONE).names().stream()
                    .filter(name -> name.length() == UUID_LENGTH)
                    .forEach(name -> agentOf.put(layout.waits(agent) + "/" + name, agent)));
            agents.forEach(this::known);
            return each(agentOf.keySet(), 1, session::read)
                    .thenAccept(read -> read.forEach((node, data) -> {
                        String agent = Objects.requireNonNull(agentOf.get(node));
                        data.flatMap(found -> waiting(node, agent, found))
                                .ifPresent(wait -> known(agent).put(own(node), wait));
                    }));
        });
    }

    private Map<String, Waiting> known(String agent) {
        return waits.computeIfAbsent(agent, none -> new HashMap<>());
    }

    /** Reads what stands before these agents. */
    private CompletableFuture<List<Candidate>> candidatesOf(Set<String> agents) {
        List<Waiting> live = agents.stream()
                .flatMap(agent -> waits.getOrDefault(agent, Map.of()).values().stream())
                .filter(waiting -> !waiting.marked())
                .toList();
        return inLine(live).thenCombine(landed(live), (files, territories) -> {
            List<Candidate> all = new ArrayList<>(files);
            all.addAll(territories);
            return all;
        });
    }

    private CompletableFuture<List<Landed>> landed(List<Waiting> live) {
        List<Waiting> forLand =
                live.stream().filter(waiting -> waiting.request().isPresent()).toList();
        return each(
                        forLand,
                        1,
                        waiting -> borders.obstacles(session, waiting.request().orElseThrow()))
                .thenApply(found -> {
                    List<Landed> candidates = new ArrayList<>();
                    found.forEach((waiting, obstacles) -> obstacles.stream()
                            .filter(obstacle -> isAgent(obstacle.agent())
                                    && !obstacle.agent()
                                            .equals(waiting.pending().agent()))
                            .forEach(obstacle -> candidates.add(new Landed(
                                    waiting.pending(), waiting.request().orElseThrow(), obstacle))));
                    return candidates;
                });
    }

    private CompletableFuture<List<InLine>> inLine(List<Waiting> live) {
        Set<RepoPath> unread = new LinkedHashSet<>();
        live.stream()
                .flatMap(waiting -> waiting.path().stream())
                .filter(path -> !lines.containsKey(path))
                .forEach(unread::add);
        return each(unread, 2, this::line).thenCompose(read -> {
            lines.putAll(read);
            List<Situation> situations = live.stream()
                    .flatMap(waiting -> situation(waiting).stream())
                    .toList();
            Set<String> missing = new LinkedHashSet<>();
            for (Situation at : situations) {
                missing.add(node(at.path(), at.waiting()));
                at.blockers().forEach(blocker -> missing.add(node(at.path(), blocker)));
            }
            missing.removeAll(nodes.keySet());
            return each(missing, 1, session::read).thenApply(found -> {
                found.forEach(this::note);
                return situations.stream()
                        .flatMap(at -> candidates(at).stream())
                        .toList();
            });
        });
    }

    /** The queue first: whoever steps from it into the line meanwhile is seen twice rather than never. */
    private CompletableFuture<Listed> line(RepoPath path) {
        return session.children(layout.queue(path))
                .thenCombine(
                        session.children(layout.lock(path)),
                        (queue, contenders) -> Listed.of(Line.of(
                                        contenders.orElse(Children.NONE).names(),
                                        queue.orElse(Children.NONE).names())
                                .settled()));
    }

    // ---- what was read
    // ----------------------------------------------------------------------------------------------

    private Optional<Waiting> waiting(String node, String agent, Node found) {
        return Codec.decode(found.data(), WaitData.class)
                .value()
                .filter(data -> data.path() != null)
                .flatMap(data -> {
                    try {
                        WaitGraph.Wait wait = new WaitGraph.Wait(node, found.czxid(), agent, data);
                        boolean marked = found.version() != 0;
                        if (data.territory().isEmpty()) {
                            return Optional.of(new Waiting(wait, Optional.of(RepoPath.of(data.path())), marked));
                        }
                        return data.territory()
                                .filter(layout::isInside)
                                .map(request -> new Waiting(wait, Optional.empty(), marked));
                    } catch (IllegalArgumentException e) {
                        LOG.debug("{} waits for no file", node, e);
                        return Optional.empty();
                    }
                });
    }

    private void note(String node, Optional<Node> found) {
        moved |= found.isEmpty() && Layout.isQueue(node.substring(0, node.lastIndexOf('/')));
        nodes.put(node, found.flatMap(read -> Codec.decode(read.data(), ContenderData.class)
                .value()
                .filter(data -> isAgent(data.agent()) && data.priority() != null)
                .map(data ->
                        new Owned(data.agent(), data.priority(), data.token().isPresent(), read.czxid()))));
    }

    /** It becomes the name of a znode. */
    private static boolean isAgent(@Nullable String id) {
        try {
            return id != null && new AgentId(id).value().equals(id);
        } catch (IllegalArgumentException e) {
            LOG.debug("no agent", e);
            return false;
        }
    }

    /** Empty when the wait is over, for its node is gone; nobody blocks one that holds by now. */
    private Optional<Situation> situation(Waiting waiting) {
        RepoPath path = waiting.path().orElse(null);
        Listed listed = path == null ? null : lines.get(path);
        Standing standing =
                listed == null ? null : listed.byOwn().get(own(waiting.pending().node()));
        if (path == null || listed == null || standing == null) {
            return Optional.empty();
        }
        List<Standing> blockers = listed.line().blockers(standing).stream()
                .filter(blocker -> isNew(node(path, blocker)))
                .toList();
        return Optional.of(new Situation(waiting.pending(), path, listed.line(), standing, blockers));
    }

    /** Whether a way over this node may be a shortest one: its agent is not known, or not reached, or the one at the start. */
    private boolean isNew(String node) {
        return !nodes.containsKey(node)
                || owned(node)
                        .map(Owned::agent)
                        .filter(agent -> agent.equals(start) || !reached.contains(agent))
                        .isPresent();
    }

    private List<InLine> candidates(Situation at) {
        String waiting = node(at.path(), at.waiting());
        Optional<Owned> self =
                owned(waiting).filter(own -> own.agent().equals(at.pending().agent()));
        List<InLine> found = new ArrayList<>();
        for (Standing blocker : at.blockers()) {
            String node = node(at.path(), blocker);
            Optional<Owned> other =
                    owned(node).filter(own -> !own.agent().equals(at.pending().agent()));
            if (self.isPresent() && other.isPresent() && !givesWay(blocker, other.get(), at.pending(), self.get())) {
                found.add(new InLine(
                        at.pending(),
                        waiting,
                        blocker,
                        node,
                        at.line().holds(blocker.name()),
                        other.get().agent()));
            }
        }
        return found;
    }

    /**
     * Whether a newcomer will withdraw because this one waited before it came: it stands first for the moment between its
     * creation and its look. An exclusive one may as well be a reader that upgraded, so it counts as a holder.
     */
    private static boolean givesWay(Standing blocker, Owned newcomer, WaitGraph.Wait wait, Owned waiting) {
        return blocker instanceof Contender contender
                && !contender.promoted()
                && !contender.isExclusive()
                && !newcomer.downgraded()
                && newcomer.czxid() > wait.czxid()
                && newcomer.asked().compareTo(waiting.asked()) <= 0;
    }

    private Optional<Owned> owned(String node) {
        return nodes.getOrDefault(node, Optional.empty());
    }

    private String node(RepoPath path, Standing standing) {
        String parent = standing instanceof Contender ? layout.lock(path) : layout.queue(path);
        return parent + "/" + standing.name();
    }

    private static String own(String waitNode) {
        int uuid = waitNode.length() - UUID_LENGTH;
        return waitNode.substring(uuid, uuid + Contender.OWN);
    }

    // ---- in steps
    // ---------------------------------------------------------------------------------------------------

    /** All of them in order of the keys, some at a time; none, and exhausted, past the allowance. */
    private <K, V> CompletableFuture<Map<K, V>> each(
            Collection<K> keys, int readsEach, Function<K, CompletableFuture<V>> read) {
        reads += keys.size() * readsEach;
        if (reads > allowance) {
            exhausted = true;
            return CompletableFuture.completedFuture(Map.of());
        }
        return each(List.copyOf(keys), read, new LinkedHashMap<>());
    }

    private static <K, V> CompletableFuture<Map<K, V>> each(
            List<K> keys, Function<K, CompletableFuture<V>> read, Map<K, V> into) {
        int now = Math.min(AT_ONCE, keys.size());
        List<K> some = keys.subList(0, now);
        List<CompletableFuture<V>> answers = some.stream().map(read).toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenCompose(all -> {
                    for (int i = 0; i < now; i++) {
                        into.put(some.get(i), answers.get(i).join());
                    }
                    return now == keys.size()
                            ? CompletableFuture.completedFuture(into)
                            : each(keys.subList(now, keys.size()), read, into);
                });
    }
}

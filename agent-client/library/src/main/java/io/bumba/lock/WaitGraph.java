package io.bumba.lock;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which agents wait for which. An agent goes on only when every one of its blockers has gone, so every cycle is a
 * deadlock. What is found depends on the set of edges alone, not on the order in which they came. Pure; not thread-safe.
 */
final class WaitGraph {
    /**
     * A wait that stands.
     *
     * @param node its znode
     * @param czxid when it was created; no two have the same
     * @param agent who waits
     */
    record Wait(String node, long czxid, String agent, WaitData data) {}

    /**
     * An agent that waits, and one of those that it waits for.
     *
     * @param pending the wait of the first
     * @param what it waits for, for {@link DeadlockLink}
     * @param blocker what is in the way; a name, by which edges of one wait are told apart
     * @param proof znodes and their data versions, -1 for any: as long as they stand so, the edge does
     * @param blockerWait the wait of what is in the way, when that waits itself
     * @param blockerAgent whose it is
     */
    record Edge(
            Wait pending,
            String what,
            String blocker,
            Map<String, Integer> proof,
            Optional<Wait> blockerWait,
            String blockerAgent) {
        Edge {
            proof = Map.copyOf(proof);
        }

        /**
         * One that follows from two names in the line and the queue of a file.
         *
         * @param waiting the znode in which it waits
         * @param blocker the znode before it
         */
        static Edge inLine(
                Wait pending, String waiting, String blocker, Optional<Wait> blockerWait, String blockerAgent) {
            return new Edge(
                    pending,
                    pending.data().path(),
                    blocker,
                    Map.of(waiting, -1, blocker, -1),
                    blockerWait,
                    blockerAgent);
        }

        /** Older waits first: with two ways from one agent to another the youngest wait is then left to itself. */
        static final Comparator<Edge> ORDER = Comparator.<Edge>comparingLong(
                        edge -> edge.pending().czxid())
                .thenComparing(edge -> edge.pending().node())
                .thenComparing(Edge::blocker);

        String agent() {
            return pending.agent();
        }
    }

    /**
     * Agents that wait for each other, each for the next, the last for the first.
     *
     * @param edges the first is the victim's
     */
    record Cycle(List<Edge> edges) {
        Cycle {
            int victim = 0;
            for (int i = 0; i < edges.size(); i++) {
                if (edges.get(i).pending().czxid() > edges.get(victim).pending().czxid()) {
                    victim = i;
                }
                if (!edges.get(i)
                        .blockerAgent()
                        .equals(edges.get((i + 1) % edges.size()).agent())) {
                    throw new IllegalArgumentException("no cycle: " + edges);
                }
            }
            List<Edge> turned = new ArrayList<>(edges);
            Collections.rotate(turned, -victim);
            edges = List.copyOf(turned);
        }

        /** The youngest wait, whoever asks. */
        Wait victim() {
            return edges.get(0).pending();
        }

        List<DeadlockLink> links() {
            return edges.stream()
                    .map(edge -> new DeadlockLink(edge.agent(), edge.what(), edge.blockerAgent()))
                    .toList();
        }
    }

    private final Map<String, TreeSet<Edge>> from = new HashMap<>();

    /** Adds an edge; one from an agent to itself is none. */
    void add(Edge edge) {
        if (!edge.agent().equals(edge.blockerAgent())) {
            from.computeIfAbsent(edge.agent(), agent -> new TreeSet<>(Edge.ORDER))
                    .add(edge);
        }
    }

    /** A shortest cycle with this agent in it, or empty when there is none. */
    Optional<Cycle> cycleThrough(String agent) {
        Map<String, Edge> reachedBy = new HashMap<>();
        Deque<String> next = new ArrayDeque<>(List.of(agent));
        while (!next.isEmpty()) {
            for (Edge edge : from.getOrDefault(next.poll(), new TreeSet<>(Edge.ORDER))) {
                if (reachedBy.putIfAbsent(edge.blockerAgent(), edge) == null) {
                    next.add(edge.blockerAgent());
                }
            }
        }
        Deque<Edge> way = new ArrayDeque<>();
        for (Edge edge = reachedBy.get(agent); edge != null; edge = reachedBy.get(edge.agent())) {
            way.addFirst(edge);
            if (edge.agent().equals(agent)) {
                return Optional.of(new Cycle(List.copyOf(way)));
            }
        }
        return Optional.empty();
    }
}

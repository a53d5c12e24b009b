package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WaitGraphTest {
    private static final int ROUNDS = 5_000;

    private static WaitGraph.Edge edge(int from, int to, long czxid) {
        WaitGraph.Wait pending = new WaitGraph.Wait(
                "/waits/" + from + "/" + czxid,
                czxid,
                Integer.toString(from),
                WaitData.forFile("f" + czxid, Instant.EPOCH));
        return WaitGraph.Edge.inLine(
                pending, "waiting" + czxid, "blocker" + to, Optional.empty(), Integer.toString(to));
    }

    private static WaitGraph graph(List<WaitGraph.Edge> edges) {
        WaitGraph graph = new WaitGraph();
        edges.forEach(graph::add);
        return graph;
    }

    /** The length of a shortest closed walk through the agent, by powers of the adjacency matrix; 0 for none. */
    private static int shortest(List<WaitGraph.Edge> edges, int agents, int through) {
        boolean[][] next = new boolean[agents][agents];
        edges.forEach(e -> next[Integer.parseInt(e.agent())][Integer.parseInt(e.blockerAgent())] = true);
        boolean[] at = next[through].clone();
        for (int length = 1; length <= agents; length++) {
            if (at[through]) {
                return length;
            }
            boolean[] then = new boolean[agents];
            for (int i = 0; i < agents; i++) {
                for (int j = 0; at[i] && j < agents; j++) {
                    then[j] |= next[i][j];
                }
            }
            at = then;
        }
        return 0;
    }

    private static List<WaitGraph.Edge> random(Random random, int agents) {
        List<WaitGraph.Edge> edges = new ArrayList<>();
        int waits = random.nextInt(2 * agents);
        for (int czxid = 1; czxid <= waits; czxid++) {
            int from = random.nextInt(agents);
            for (int blockers = 1 + random.nextInt(2); blockers > 0; blockers--) {
                int to = random.nextInt(agents);
                if (to != from) {
                    edges.add(edge(from, to, czxid));
                }
            }
        }
        return edges;
    }

    @Test
    void itFindsAShortestCycleExactlyWhereThereIsOne() {
        Random random = new Random(20261124);
        int found = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int agents = 2 + random.nextInt(8);
            List<WaitGraph.Edge> edges = random(random, agents);
            for (int agent = 0; agent < agents; agent++) {
                Optional<WaitGraph.Cycle> cycle = graph(edges).cycleThrough(Integer.toString(agent));
                int expected = shortest(edges, agents, agent);
                assertThat(cycle.map(c -> c.edges().size()).orElse(0))
                        .as("round %d, agent %d, %s", round, agent, edges)
                        .isEqualTo(expected);
                if (cycle.isPresent()) {
                    found++;
                    assertThat(edges).containsAll(cycle.get().edges());
                    assertThat(cycle.get().links())
                            .extracting(DeadlockLink::agent)
                            .doesNotHaveDuplicates()
                            .contains(Integer.toString(agent));
                }
            }
        }
        assertThat(found).isGreaterThan(ROUNDS);
    }

    @Test
    void theVictimIsTheYoungestWaitAndHeadsTheCycleWhoeverFindsIt() {
        Random random = new Random(20261124);
        for (int round = 0; round < ROUNDS; round++) {
            int agents = 2 + random.nextInt(8);
            List<Long> czxids = new ArrayList<>();
            for (long czxid = 1; czxid <= agents; czxid++) {
                czxids.add(czxid);
            }
            Collections.shuffle(czxids, random);
            List<WaitGraph.Edge> ring = new ArrayList<>();
            for (int i = 0; i < agents; i++) {
                ring.add(edge(i, (i + 1) % agents, czxids.get(i)));
            }
            WaitGraph.Edge youngest = ring.stream()
                    .max(Comparator.comparingLong(e -> e.pending().czxid()))
                    .orElseThrow();
            WaitGraph graph = graph(ring);
            for (int finder = 0; finder < agents; finder++) {
                WaitGraph.Cycle cycle =
                        graph.cycleThrough(Integer.toString(finder)).orElseThrow();
                assertThat(cycle.victim()).isEqualTo(youngest.pending());
                assertThat(cycle.edges().get(0)).isEqualTo(youngest);
            }
        }
    }

    @Test
    void theOrderInWhichEdgesCameMakesNoDifference() {
        Random random = new Random(20261124);
        for (int round = 0; round < ROUNDS; round++) {
            List<WaitGraph.Edge> edges = random(random, 6);
            List<WaitGraph.Edge> shuffled = new ArrayList<>(edges);
            Collections.shuffle(shuffled, random);
            assertThat(graph(shuffled).cycleThrough("0")).isEqualTo(graph(edges).cycleThrough("0"));
        }
    }

    @Test
    void ofTwoWaysTheOlderWaitIsTakenSoThatOneMarkBreaksBoth() {
        WaitGraph.Edge old = edge(1, 2, 5);
        WaitGraph.Edge back = edge(2, 1, 7);
        WaitGraph.Edge young = edge(1, 2, 9);
        WaitGraph.Cycle cycle =
                graph(List.of(young, back, old)).cycleThrough("2").orElseThrow();
        assertThat(cycle.victim()).isEqualTo(back.pending());
        assertThat(cycle.links()).containsExactly(new DeadlockLink("2", "f7", "1"), new DeadlockLink("1", "f5", "2"));
    }

    @Test
    void anAgentIsOneUnitAndNeverItsOwnBlocker() {
        assertThat(graph(List.of(edge(1, 1, 3))).cycleThrough("1")).isEmpty();
    }

    @Test
    void whatDoesNotCloseIsNoCycle() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WaitGraph.Cycle(List.of(edge(1, 2, 1), edge(3, 1, 2))));
    }
}

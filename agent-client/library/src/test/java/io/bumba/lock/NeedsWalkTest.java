package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Plays random requests of a few agents for a few files and asks, after each single write: has it closed a circle, and did
 * its agent know that it must look?
 */
class NeedsWalkTest {
    private static final int PLAYS = 500;
    private static final int STEPS = 60;
    private static final int AGENTS = 5;
    private static final int FILES = 3;
    private static final String RANDOM_UUID_END = "00000000";

    private final Map<String, Integer> owners = new HashMap<>();
    private final Set<String> mayStep = new HashSet<>();
    private final List<List<String>> contenders = new ArrayList<>();
    private final List<List<String>> queues = new ArrayList<>();
    private int sequence;
    private int circles;
    private int walks;
    private int writes;

    private void begin() {
        owners.clear();
        mayStep.clear();
        contenders.clear();
        queues.clear();
        for (int i = 0; i < FILES; i++) {
            contenders.add(new ArrayList<>());
            queues.add(new ArrayList<>());
        }
    }

    private Line line(int file) {
        return Line.of(contenders.get(file), queues.get(file));
    }

    private int owner(String node) {
        return Objects.requireNonNull(owners.get(node));
    }

    /** Whether the agent has a node at the file. */
    private boolean isAt(int agent, int file) {
        return line(file).inOrder().stream().anyMatch(s -> owner(s.name()) == agent);
    }

    private boolean hasOthers(int agent, int file) {
        return IntStream.range(0, FILES).anyMatch(other -> other != file && isAt(agent, other));
    }

    private WaitGraph graph() {
        WaitGraph graph = new WaitGraph();
        for (int file = 0; file < FILES; file++) {
            Line line = line(file);
            for (Standing waiting : line.inOrder()) {
                for (Standing blocker : line.blockers(waiting)) {
                    String agent = Integer.toString(owner(waiting.name()));
                    graph.add(WaitGraph.Edge.inLine(
                            new WaitGraph.Wait(waiting.name(), 1, agent, WaitData.forFile("f", Instant.EPOCH)),
                            waiting.name(),
                            blocker.name(),
                            Optional.empty(),
                            Integer.toString(owner(blocker.name()))));
                }
            }
        }
        return graph;
    }

    private Optional<WaitGraph.Cycle> circle() {
        WaitGraph graph = graph();
        return IntStream.range(0, AGENTS)
                .mapToObj(agent -> graph.cycleThrough(Integer.toString(agent)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private String name() {
        return new UUID(1, sequence).toString().substring(0, 24) + String.format("%04d", sequence % 10_000);
    }

    private String contender(int agent, String own, boolean promoted, LockMode mode) {
        String name = Contender.prefix(own + (promoted ? Contender.PROMOTED : RANDOM_UUID_END), mode)
                + String.format("%010d", ++sequence);
        owners.put(name, agent);
        return name;
    }

    private String place(int agent, LockMode mode, Priority priority, int at) {
        String name = QueuePlace.prefix(name() + RANDOM_UUID_END, mode, priority) + String.format("%010d", at);
        owners.put(name, agent);
        return name;
    }

    /** One write of one agent; its node, or empty when it did nothing. */
    private Optional<String> act(Random random, int agent, int file) {
        Line line = line(file);
        LockMode mode = random.nextBoolean() ? LockMode.SHARED : LockMode.EXCLUSIVE;
        Priority priority = List.of(Priority.values()).get(random.nextInt(4));
        Optional<Standing> mine =
                line.inOrder().stream().filter(s -> owner(s.name()) == agent).findFirst();
        if (mine.isEmpty()) {
            return Optional.of(arrive(agent, file, line, mode, priority));
        }
        if (mine.get() instanceof QueuePlace place) {
            queues.get(file).remove(place.name());
            if (mayStep.contains(place.name())) {
                // It looked some time ago, and nobody stood in its way then.
                String node = contender(agent, place.own(), true, place.mode());
                contenders.get(file).add(node);
                return Optional.of(node);
            }
            if (random.nextInt(3) == 0) {
                Priority raised = raised(place.priority());
                String node = place(agent, place.mode(), raised, place.sequence());
                queues.get(file).add(node);
                return Optional.of(node);
            }
            queues.get(file).add(place.name());
        } else if (line.holds(mine.get().name()) && random.nextInt(4) == 0) {
            contenders.get(file).remove(mine.get().name());
        }
        return Optional.empty();
    }

    private static Priority raised(Priority priority) {
        return switch (priority) {
            case LOW -> Priority.NORMAL;
            case NORMAL -> Priority.HIGH;
            case HIGH, CRITICAL -> Priority.CRITICAL;
        };
    }

    private String arrive(int agent, int file, Line line, LockMode mode, Priority priority) {
        boolean passes = line.hasWaiters(priority);
        if (!passes && line.inLine().isEmpty()) {
            String node = contender(agent, name(), false, mode);
            contenders.get(file).add(node);
            return node;
        }
        String node = place(agent, mode, priority, ++sequence);
        queues.get(file).add(node);
        return node;
    }

    private void look() {
        for (int file = 0; file < FILES; file++) {
            Line line = line(file);
            line.queue().stream()
                    .map(QueuePlace::name)
                    .filter(place -> line.blockerOfWaiter(place).isNone())
                    .forEach(mayStep::add);
        }
    }

    @Test
    void whoeverClosesACircleKnowsThatItMustWalk() {
        Random random = new Random(20261124);
        for (int play = 0; play < PLAYS; play++) {
            begin();
            for (int step = 0; step < STEPS; step++) {
                int agent = random.nextInt(AGENTS);
                int file = random.nextInt(FILES);
                Optional<String> written = act(random, agent, file);
                Optional<WaitGraph.Cycle> circle = written.flatMap(node -> circle());
                boolean needs =
                        written.isPresent() && Deadlocks.needsWalk(line(file), written.get(), hasOthers(agent, file));
                writes += written.isPresent() ? 1 : 0;
                walks += needs ? 1 : 0;
                if (circle.isPresent()) {
                    circles++;
                    assertThat(needs)
                            .as(
                                    "play %d, step %d: agent %d wrote %s\n%s\n%s",
                                    play,
                                    step,
                                    agent,
                                    written,
                                    lines(),
                                    circle.get().links())
                            .isTrue();
                    assertThat(graph().cycleThrough(Integer.toString(agent)))
                            .as("the circle goes through whoever wrote last")
                            .isPresent();
                    breakAll();
                }
                if (random.nextBoolean()) {
                    look();
                }
            }
        }
        assertThat(circles).as("circles").isGreaterThan(300);
        assertThat(walks).as("walks of %d writes", writes).isLessThan(writes);
    }

    private void breakAll() {
        for (Optional<WaitGraph.Cycle> circle = circle(); circle.isPresent(); circle = circle()) {
            String victim = circle.get().victim().node();
            contenders.forEach(nodes -> nodes.remove(victim));
            queues.forEach(nodes -> nodes.remove(victim));
        }
    }

    private String lines() {
        return IntStream.range(0, FILES)
                .mapToObj(file -> line(file).inOrder().stream()
                        .map(s -> owner(s.name()) + ":" + s.name())
                        .collect(Collectors.joining(" ")))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void fiveThousandThatHoldNothingAndWaitForOneFileNeverWalk() {
        List<String> line = new ArrayList<>(List.of(
                Contender.prefix(new UUID(1, 1).toString(), LockMode.EXCLUSIVE) + "0000000000",
                Contender.prefix(new UUID(1, 2).toString(), LockMode.EXCLUSIVE) + "0000000001"));
        List<String> queue = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            queue.add(QueuePlace.prefix(new UUID(2, i).toString(), LockMode.EXCLUSIVE, Priority.NORMAL)
                    + String.format("%010d", i));
        }
        // Whatever the moment: alone, with all behind it, or stepping into the line.
        Line full = Line.of(line, queue);
        assertThat(full.inOrder()).hasSize(5_002);
        for (int i = 0; i < 5_002; i += 50) {
            assertThat(Deadlocks.needsWalk(full, full.inOrder().get(i).name(), false))
                    .isFalse();
        }
        assertThat(Deadlocks.needsWalk(full, queue.get(0), true)).isTrue();
    }
}

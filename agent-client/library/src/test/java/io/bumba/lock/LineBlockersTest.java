package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Everybody who blocks whom, and whether a node may have closed a circle. */
class LineBlockersTest {
    private static final int ROUNDS = 10_000;

    private static String c(String mode, int sequence) {
        return "_c_" + new UUID(1, sequence) + "-__" + mode + "__" + String.format("%010d", sequence);
    }

    private static String q(int digit, String mode, int sequence) {
        return digit + "-" + mode + "-" + new UUID(2L << 32, sequence) + "-" + String.format("%010d", sequence);
    }

    private static Standing find(Line line, String name) {
        return line.inOrder().stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> blockers(Line line, String name) {
        return line.blockers(find(line, name)).stream().map(Standing::name).toList();
    }

    @Test
    void anExclusiveOneWaitsForEverybodyBeforeIt() {
        Line line = Line.of(List.of(c("READ", 1), c("READ", 2), c("WRIT", 3)), List.of(q(8, "R", 4), q(8, "W", 5)));
        assertThat(blockers(line, c("WRIT", 3))).containsExactly(c("READ", 1), c("READ", 2));
        assertThat(blockers(line, q(8, "W", 5)))
                .containsExactly(c("READ", 1), c("READ", 2), c("WRIT", 3), q(8, "R", 4));
    }

    @Test
    void aSharedOneWaitsForTheExclusiveOnesBeforeItOnly() {
        Line line = Line.of(List.of(c("READ", 1), c("WRIT", 2), c("READ", 3)), List.of(q(7, "W", 9), q(8, "R", 4)));
        assertThat(blockers(line, c("READ", 3))).containsExactly(c("WRIT", 2));
        assertThat(blockers(line, q(8, "R", 4))).containsExactly(c("WRIT", 2), q(7, "W", 9));
    }

    @Test
    void theBlockersAgreeWithTheOneThatIsWatched() {
        Random random = new Random(20261124);
        for (int round = 0; round < ROUNDS; round++) {
            Line line = random(random);
            for (Contender contender : line.contenders()) {
                List<String> all = blockers(line, contender.name());
                assertThat(all.isEmpty()).isEqualTo(line.holds(contender.name()));
                assertThat(line.blockerOfContender(contender.name()))
                        .as("round %d: %s", round, line)
                        .isEqualTo(all.stream().reduce((first, last) -> last));
            }
            for (QueuePlace place : line.queue()) {
                List<String> all = blockers(line, place.name());
                Line.Blocker watched = line.blockerOfWaiter(place.name());
                Stream.concat(watched.contender().stream(), watched.waiter().stream())
                        .forEach(node -> assertThat(all).contains(node));
                assertThat(watched.waiter())
                        .isEqualTo(all.stream().filter(line::queues).reduce((first, last) -> last));
            }
        }
    }

    @Test
    void twoBlockEachOtherNeverAndThoseWhoDoNotBlockAreCompatible() {
        Random random = new Random(20261124);
        for (int round = 0; round < ROUNDS; round++) {
            List<Standing> all = random(random).inOrder();
            Line line = new Line(
                    all.stream()
                            .flatMap(s -> s instanceof Contender c ? Stream.of(c) : Stream.of())
                            .toList(),
                    all.stream()
                            .flatMap(s -> s instanceof QueuePlace p ? Stream.of(p) : Stream.of())
                            .toList(),
                    List.of());
            for (int i = 0; i < all.size(); i++) {
                for (int j = 0; j < all.size(); j++) {
                    boolean blocks = line.blockers(all.get(i)).contains(all.get(j));
                    boolean shared =
                            all.get(i).mode() == LockMode.SHARED && all.get(j).mode() == LockMode.SHARED;
                    assertThat(blocks).isEqualTo(j < i && !shared);
                }
            }
        }
    }

    @Test
    void onlyAnExclusiveOneBetweenASharedOneAndAnotherDivides() {
        Line readers = Line.of(List.of(c("READ", 1), c("WRIT", 2)), List.of(q(8, "R", 3)));
        assertThat(readers.divides(c("WRIT", 2))).isTrue();
        assertThat(readers.divides(q(8, "R", 3))).isFalse();
        assertThat(Line.of(List.of(c("READ", 1), c("WRIT", 2)), List.of()).divides(c("WRIT", 2)))
                .as("nobody behind")
                .isFalse();
        Line writers = Line.of(List.of(c("WRIT", 1), c("WRIT", 2)), List.of(q(7, "W", 4), q(8, "W", 3)));
        writers.inOrder()
                .forEach(node -> assertThat(writers.divides(node.name())).isFalse());
        assertThat(writers.divides(c("WRIT", 7)))
                .as("what is not seen may stand anywhere")
                .isTrue();
    }

    @Test
    void whoSteppedIntoTheLineBetweenTheListingsStandsThere() {
        String uuid = new UUID(7, 7).toString();
        String promoted = uuid.substring(0, Contender.OWN) + Contender.PROMOTED;
        String place = QueuePlace.prefix(uuid, LockMode.EXCLUSIVE, Priority.NORMAL) + "0000000003";
        String contender = Contender.prefix(promoted, LockMode.EXCLUSIVE) + "0000000009";
        Line line = Line.of(List.of(c("WRIT", 1), contender), List.of(place, q(8, "W", 4)))
                .settled();
        assertThat(line.inOrder()).extracting(Standing::name).containsExactly(c("WRIT", 1), contender, q(8, "W", 4));
    }

    @Test
    void aStockClientsUnprotectedContenderIsNobodysRequest() {
        assertThat(find(Line.of(List.of("__WRIT__0000000001"), List.of()), "__WRIT__0000000001")
                        .own())
                .isEmpty();
    }

    private static Line random(Random random) {
        List<String> contenders = new ArrayList<>();
        List<String> queue = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            contenders.add(c(random.nextBoolean() ? "READ" : "WRIT", i));
        }
        for (int i = random.nextInt(5); i > 0; i--) {
            queue.add(q(6 + random.nextInt(4), random.nextBoolean() ? "R" : "W", i));
        }
        Collections.shuffle(contenders, random);
        Collections.shuffle(queue, random);
        return Line.of(contenders, queue);
    }
}

package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LineTest {
    private static String c(String mode, int sequence) {
        return "_c_" + new UUID(1, sequence) + "-__" + mode + "__" + String.format("%010d", sequence);
    }

    private static String q(int digit, String mode, int sequence) {
        return digit + "-" + mode + "-" + new UUID(2, sequence) + "-" + String.format("%010d", sequence);
    }

    private static Line line(List<String> contenders, List<String> queue) {
        return Line.of(contenders, queue);
    }

    @Test
    void theFirstExclusiveHoldsAlone() {
        Line line = line(List.of(c("READ", 3), c("WRIT", 2), c("WRIT", 4)), List.of());
        assertThat(line.holders()).extracting(Contender::name).containsExactly(c("WRIT", 2));
        assertThat(line.blockerOfContender(c("READ", 3))).contains(c("WRIT", 2));
        assertThat(line.blockerOfContender(c("WRIT", 4))).contains(c("READ", 3));
    }

    @Test
    void sharedOnesBeforeTheFirstExclusiveHoldTogether() {
        Line line = line(List.of(c("READ", 1), c("READ", 2), c("WRIT", 3), c("READ", 4)), List.of());
        assertThat(line.holders()).hasSize(2);
        assertThat(line.holds(c("READ", 4))).isFalse();
        assertThat(line.blockerOfContender(c("READ", 4))).contains(c("WRIT", 3));
        assertThat(line.blockerOfContender(c("WRIT", 3))).contains(c("READ", 2));
    }

    @Test
    void theOrderSurvivesTheWrapOfTheSequence() {
        // fault 32: after 2147483647 comes -2147483648
        String before = "_c_" + new UUID(1, 1) + "-__WRIT__2147483647";
        String after = "_c_" + new UUID(1, 2) + "-__WRIT__-2147483648";
        Line line = line(List.of(after, before), List.of());
        assertThat(line.holders()).extracting(Contender::name).containsExactly(before);
        assertThat(line.blockerOfContender(after)).contains(before);
    }

    @Test
    void waitersAreServedByPriorityThenArrival() {
        Line line = line(List.of(c("WRIT", 1)), List.of(q(8, "W", 1), q(7, "W", 3), q(9, "W", 0), q(8, "W", 2)));
        assertThat(line.queue())
                .extracting(QueuePlace::name)
                .containsExactly(q(7, "W", 3), q(8, "W", 1), q(8, "W", 2), q(9, "W", 0));
        assertThat(line.blockerOfWaiter(q(7, "W", 3)).isNone())
                .as("the first may stand in line")
                .isTrue();
        assertThat(line.blockerOfWaiter(q(8, "W", 1)).waiter()).contains(q(7, "W", 3));
        assertThat(line.blockerOfWaiter(q(9, "W", 0)).waiter()).contains(q(8, "W", 2));
    }

    @Test
    void aNewcomerDoesNotSlipPastWaitersOfItsPriority() {
        Line free = line(List.of(), List.of(q(8, "W", 1)));
        assertThat(free.keepsOut(LockMode.EXCLUSIVE, Priority.NORMAL)).isTrue();
        assertThat(free.keepsOut(LockMode.EXCLUSIVE, Priority.LOW)).isTrue();
        assertThat(free.keepsOut(LockMode.EXCLUSIVE, Priority.HIGH)).isFalse();
    }

    @Test
    void nobodyContendsWhileAnotherWaitsInLine() {
        Line line = line(List.of(c("WRIT", 1), c("WRIT", 2)), List.of(q(8, "W", 1), q(8, "R", 2)));
        assertThat(line.blockerOfWaiter(q(8, "W", 1)).contender()).contains(c("WRIT", 1));
        assertThat(line.blockerOfWaiter(q(8, "R", 2)).waiter()).contains(q(8, "W", 1));
    }

    @Test
    void sharedWaitersGoTogetherBehindAHolder() {
        Line line = line(
                List.of(c("WRIT", 1), c("READ", 2)), List.of(q(8, "R", 3), q(8, "R", 4), q(8, "W", 5), q(8, "R", 6)));
        assertThat(line.blockerOfWaiter(q(8, "R", 3)).isNone()).isTrue();
        assertThat(line.blockerOfWaiter(q(8, "R", 4)).isNone()).isTrue();
        assertThat(line.blockerOfWaiter(q(8, "W", 5)).waiter()).contains(q(8, "R", 4));
        assertThat(line.blockerOfWaiter(q(8, "R", 6)).waiter()).contains(q(8, "W", 5));
    }

    @Test
    void besideAStockMutexNothingIsGranted() {
        Line line = line(List.of("_c_" + new UUID(3, 3) + "-lock-0000000007"), List.of(q(8, "W", 1)));
        assertThat(line.mutex()).isPresent();
        assertThat(line.keepsOut(LockMode.SHARED, Priority.CRITICAL)).isTrue();
        assertThat(line.blockerOfWaiter(q(8, "W", 1)).contender()).isEqualTo(line.mutex());
    }

    @Test
    void whatIsNoContenderIsReportedAndInNobodysWay() {
        // fault 30
        Line line = line(List.of("note-from-ops", c("WRIT", 5)), List.of("junk"));
        assertThat(line.foreign()).containsExactly("note-from-ops");
        assertThat(line.mutex()).isEmpty();
        assertThat(line.holds(c("WRIT", 5))).isTrue();
        assertThat(line.queue()).isEmpty();
    }

    @Test
    void inAnyLineHoldersAgreeAndEverybodyElseWaitsForSomebodyEarlier() {
        Random random = new Random(20261123);
        for (int round = 0; round < 20_000; round++) {
            List<String> contenders = new ArrayList<>();
            int size = 1 + random.nextInt(7);
            for (int i = 0; i < size; i++) {
                contenders.add(c(random.nextBoolean() ? "READ" : "WRIT", i));
            }
            java.util.Collections.shuffle(contenders, random);
            Line line = line(contenders, List.of());
            assertThat(line.holders()).isNotEmpty();
            assertThat(line.holders().size() == 1 || line.holders().stream().noneMatch(Contender::isExclusive))
                    .as("round %d of seed 20261123: %s", round, contenders)
                    .isTrue();
            for (Contender waiting : line.inLine()) {
                Optional<String> blocker = line.blockerOfContender(waiting.name());
                assertThat(blocker).isPresent();
                assertThat(Contender.parse(blocker.orElseThrow()).orElseThrow().sequence())
                        .isLessThan(waiting.sequence());
            }
            for (Contender holder : line.holders()) {
                assertThat(line.blockerOfContender(holder.name())).isEmpty();
            }
        }
    }
}

package io.bumba.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bumba.lock.LockMode;
import io.bumba.testkit.LockChecker.Rule;
import io.bumba.testkit.LockHistory.Op;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** The negative controls: a checker that cannot fail proves nothing. */
class LockCheckerTest {
    @Test
    void onePathHeldByOneAfterTheOtherIsFine() {
        assertThat(rules(exclusive("a", 1, 0, 10), exclusive("b", 2, 10, 20), exclusive("a", 3, 25, 30)))
                .isEmpty();
    }

    @Test
    void twoExclusiveHoldersOverlap() {
        Op first = exclusive("a", 1, 0, 10);
        Op second = exclusive("b", 2, 9, 20);
        assertThat(LockChecker.check(List.of(second, first)))
                .containsExactly(new LockChecker.Violation(Rule.OVERLAP, first, second));
    }

    @Test
    void aHoldNeverReleasedOverlapsWhatComesAfter() {
        assertThat(rules(exclusive("a", 1, 0, LockHistory.OPEN), exclusive("b", 2, 1_000, 2_000)))
                .containsExactly(Rule.OVERLAP);
    }

    @Test
    void sharedHoldersMayOverlapButNoExclusiveOneMayJoinThem() {
        assertThat(rules(shared("a", 1, 0, 10), shared("b", 2, 5, 15))).isEmpty();
        assertThat(rules(shared("a", 1, 0, 30), shared("b", 2, 5, 15), exclusive("c", 3, 20, 40)))
                .containsExactly(Rule.OVERLAP);
        assertThat(rules(exclusive("a", 1, 0, 30), shared("b", 2, 5, 15))).containsExactly(Rule.OVERLAP);
    }

    @Test
    void aLongSharedHoldIsNotForgottenBehindShortOnes() {
        assertThat(rules(
                        shared("a", 1, 0, 100),
                        shared("b", 2, 1, 5),
                        shared("c", 3, 2, 6),
                        shared("b", 4, 7, 8),
                        exclusive("d", 5, 50, 60)))
                .containsExactly(Rule.OVERLAP);
    }

    @Test
    void anAgentsOwnLongHoldDoesNotHideThatOfAnother() {
        assertThat(rules(shared("b", 1, 0, 50), shared("a", 2, 1, 100), exclusive("a", 3, 20, 30)))
                .containsExactly(Rule.OVERLAP);
        assertThat(rules(shared("b", 1, 0, 15), shared("a", 2, 1, 100), exclusive("a", 3, 20, 30)))
                .isEmpty();
    }

    @Test
    void aTokenThatDoesNotGrowIsFound() {
        assertThat(rules(exclusive("a", 7, 0, 10), exclusive("b", 6, 20, 30))).containsExactly(Rule.TOKEN_ORDER);
        assertThat(rules(shared("a", 7, 0, 10), exclusive("b", 7, 20, 30))).containsExactly(Rule.TOKEN_ORDER);
        assertThat(rules(exclusive("a", 7, 0, 10), shared("b", 6, 20, 30))).containsExactly(Rule.TOKEN_ORDER);
    }

    @Test
    void aTokenMayNotFallBehindAnyEarlierOne() {
        assertThat(rules(exclusive("a", 9, 0, 1), exclusive("a", 10, 2, 3), exclusive("b", 11, 4, 5)))
                .isEmpty();
        assertThat(rules(exclusive("a", 9, 0, 1), exclusive("b", 12, 2, 3), exclusive("c", 11, 4, 5)))
                .containsExactly(Rule.TOKEN_ORDER);
    }

    @Test
    void tokensOfSharedHoldsNeedNoOrder() {
        assertThat(rules(shared("a", 9, 0, 10), shared("b", 8, 1, 10), shared("c", 10, 2, 3)))
                .isEmpty();
    }

    @Test
    void reentrantHoldsOfOneAgentShareAToken() {
        assertThat(rules(exclusive("a", 5, 0, 10), exclusive("a", 5, 2, 20), exclusive("a", 5, 15, 18)))
                .isEmpty();
    }

    @Test
    void aTokenUsedAgainIsFound() {
        assertThat(rules(exclusive("a", 5, 0, 10), exclusive("a", 5, 20, 30))).containsExactly(Rule.TOKEN_REUSED);
        assertThat(rules(exclusive("a", 5, 0, 10), exclusive("b", 5, 20, 30)))
                .containsExactlyInAnyOrder(Rule.TOKEN_REUSED, Rule.TOKEN_ORDER);
    }

    @Test
    void pathsAreJudgedApart() {
        assertThat(LockChecker.check(List.of(
                        new Op("a", "x", LockMode.EXCLUSIVE, 5, 0, 10),
                        new Op("b", "y", LockMode.EXCLUSIVE, 4, 5, 15))))
                .isEmpty();
    }

    @Test
    void agreesWithABruteForceCheckOnRandomHistories() {
        Random random = new Random(42);
        int bad = 0;
        for (int round = 0; round < 5_000; round++) {
            List<Op> ops = new ArrayList<>();
            for (int i = 0; i < 2 + random.nextInt(5); i++) {
                long from = random.nextInt(20);
                LockMode mode = random.nextBoolean() ? LockMode.SHARED : LockMode.EXCLUSIVE;
                String agent = "abc".substring(random.nextInt(3)).substring(0, 1);
                ops.add(new Op(agent, "p", mode, from + random.nextInt(2), from, from + random.nextInt(6)));
            }
            List<Rule> found = LockChecker.check(ops).stream()
                    .map(LockChecker.Violation::rule)
                    .distinct()
                    .toList();
            assertThat(found.contains(Rule.OVERLAP)).as("%s", ops).isEqualTo(overlaps(ops));
            assertThat(found.contains(Rule.TOKEN_ORDER)).as("%s", ops).isEqualTo(disordered(ops));
            bad += found.isEmpty() ? 0 : 1;
        }
        assertThat(bad).as("histories with a violation").isBetween(500, 4_999);
    }

    @Test
    void aHundredThousandHoldsAreJudgedFast() {
        List<Op> ops = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            ops.add(exclusive("agent" + i % 50, i, i * 10L, i * 10L + 9));
        }
        Assertions.assertTimeout(
                Duration.ofSeconds(5), () -> assertThat(LockChecker.check(ops)).isEmpty());
        ops.add(exclusive("late", 100_001, 500_000, 500_001));
        assertThat(LockChecker.check(ops)).isNotEmpty();
    }

    @Test
    void anEmptyHistoryProvesNothing() {
        assertThatThrownBy(() -> LockChecker.assertNoViolation(LockHistory.read(List.of())))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("empty");
    }

    private static boolean overlaps(List<Op> ops) {
        return anyConflict(ops, (earlier, later) -> earlier.endedAt() > later.grantedAt());
    }

    private static boolean disordered(List<Op> ops) {
        return anyConflict(ops, (earlier, later) -> earlier.token() >= later.token());
    }

    private static boolean anyConflict(List<Op> ops, BiPredicate<Op, Op> wrong) {
        List<Op> inOrder = new ArrayList<>(ops);
        inOrder.sort(Comparator.comparingLong(Op::grantedAt).thenComparingLong(Op::token));
        for (int i = 0; i < inOrder.size(); i++) {
            for (int j = i + 1; j < inOrder.size(); j++) {
                Op earlier = inOrder.get(i);
                Op later = inOrder.get(j);
                boolean conflict = !earlier.agent().equals(later.agent())
                        && (earlier.mode() == LockMode.EXCLUSIVE || later.mode() == LockMode.EXCLUSIVE);
                if (conflict && wrong.test(earlier, later)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static List<Rule> rules(Op... ops) {
        return LockChecker.check(List.of(ops)).stream()
                .map(LockChecker.Violation::rule)
                .toList();
    }

    private static Op exclusive(String agent, long token, long from, long to) {
        return new Op(agent, "src/a.txt", LockMode.EXCLUSIVE, token, from, to);
    }

    private static Op shared(String agent, long token, long from, long to) {
        return new Op(agent, "src/a.txt", LockMode.SHARED, token, from, to);
    }
}

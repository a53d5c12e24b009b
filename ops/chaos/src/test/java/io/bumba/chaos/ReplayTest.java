package io.bumba.chaos;

import static io.bumba.chaos.Truth.line;
import static io.bumba.chaos.Truth.queue;
import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.chaos.Finding.Rule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The negative controls of the judge over the servers' logs, and what it must not condemn. */
class ReplayTest {
    @Test
    void whoCameFirstIsServedFirst() {
        Replay replay = held().create(2, "ben", queue(8, 'W', "b", 0))
                .create(3, "cat", queue(8, 'W', "c", 1))
                .step(4, "ben", queue(8, 'W', "b", 0), line("b", 'W', 1))
                .delete(5, "ann", line("a", 'W', 0))
                .step(6, "cat", queue(8, 'W', "c", 1), line("c", 'W', 2))
                .replay();
        assertThat(replay.findings()).isEmpty();
        assertThat(replay.steps()).isEqualTo(2);
    }

    @Test
    void aWaiterThatPassesAnEarlierOneIsFound() {
        assertThat(rules(held().create(2, "ben", queue(8, 'W', "b", 0))
                        .create(3, "cat", queue(8, 'W', "c", 1))
                        .step(4, "cat", queue(8, 'W', "c", 1), line("c", 'W', 1))))
                .containsExactly(Rule.QUEUE_ORDER);
    }

    @Test
    void aWaiterThatPassesOneOfHigherPriorityThatStoodBeforeItIsFound() {
        assertThat(rules(held().create(2, "ben", queue(6, 'W', "b", 0))
                        .create(3, "cat", queue(8, 'W', "c", 1))
                        .step(4, "cat", queue(8, 'W', "c", 1), line("c", 'W', 1))))
                .containsExactly(Rule.QUEUE_ORDER);
    }

    @Test
    void theOneAtTheHeadIsNotOvertakenByALaterOneOfHigherPriority() {
        // It may have looked before that one came.
        assertThat(rules(held().create(2, "ben", queue(8, 'W', "b", 0))
                        .create(3, "cat", queue(6, 'W', "c", 1))
                        .step(4, "ben", queue(8, 'W', "b", 0), line("b", 'W', 1))))
                .isEmpty();
    }

    @Test
    void readersGoTogetherAndPassNoWriter() {
        assertThat(rules(held().create(2, "ben", queue(8, 'R', "b", 0))
                        .create(3, "cat", queue(8, 'R', "c", 1))
                        .step(4, "cat", queue(8, 'R', "c", 1), line("c", 'R', 1))))
                .isEmpty();
        assertThat(rules(held().create(2, "ben", queue(8, 'W', "b", 0))
                        .create(3, "cat", queue(8, 'R', "c", 1))
                        .step(4, "cat", queue(8, 'R', "c", 1), line("c", 'R', 1))))
                .containsExactly(Rule.QUEUE_ORDER);
    }

    @Test
    void whoLeftTheQueueIsPassedRightly() {
        assertThat(rules(held().create(2, "ben", queue(8, 'W', "b", 0))
                        .create(3, "cat", queue(8, 'W', "c", 1))
                        .delete(4, "ben", queue(8, 'W', "b", 0))
                        .step(5, "cat", queue(8, 'W', "c", 1), line("c", 'W', 1))))
                .isEmpty();
    }

    @Test
    void whoGrewOlderStandsWhereItsNewPriorityPutsIt() {
        // Raised from 8 to 7 before the other came: to pass it now is wrong. Raised afterwards: it may not have been
        // seen.
        assertThat(rules(held().create(2, "ben", queue(8, 'W', "b", 0))
                        .change(3, "ben", List.of(queue(7, 'W', "b", 0)), List.of(queue(8, 'W', "b", 0)))
                        .create(4, "cat", queue(7, 'W', "c", 1))
                        .step(5, "cat", queue(7, 'W', "c", 1), line("c", 'W', 1))))
                .containsExactly(Rule.QUEUE_ORDER);
        assertThat(rules(held().create(2, "ben", queue(8, 'W', "b", 0))
                        .create(3, "cat", queue(7, 'W', "c", 1))
                        .change(4, "ben", List.of(queue(7, 'W', "b", 0)), List.of(queue(8, 'W', "b", 0)))
                        .step(5, "cat", queue(7, 'W', "c", 1), line("c", 'W', 1))))
                .isEmpty();
    }

    @Test
    void aGhostIsFound() {
        assertThat(rules(held().create(2, "ann", line("a", 'W', 1)))).containsExactly(Rule.TWO_PLACES);
        assertThat(rules(held().create(2, "ann", queue(8, 'W', "a", 0)))).containsExactly(Rule.TWO_PLACES);
    }

    @Test
    void oneExclusiveContenderOrTheSharedOnesBeforeItAreFirst() {
        Replay replay = new Truth()
                .create(1, "ann", line("a", 'R', 0))
                .create(2, "ben", line("b", 'R', 1))
                .create(3, "cat", line("c", 'W', 2))
                .create(4, "dan", line("d", 'R', 3))
                .delete(5, "ann", line("a", 'R', 0))
                .replay();
        assertThat(replay.contenders())
                .extracting(Contender::agent, Contender::wasFirst)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("ann", true),
                        org.assertj.core.groups.Tuple.tuple("ben", true),
                        org.assertj.core.groups.Tuple.tuple("cat", false),
                        org.assertj.core.groups.Tuple.tuple("dan", false));
    }

    @Test
    void whoeverElseDeletesAContenderBreaksIt() {
        Replay replay = held().create(2, "ben", line("b", 'W', 1))
                .delete(3, "operator", line("a", 'W', 0))
                .delete(4, "ben", line("b", 'W', 1))
                .replay();
        assertThat(replay.contenders()).extracting(Contender::wasBroken).containsExactly(true, false);
    }

    private static Truth held() {
        return new Truth().create(1, "ann", line("a", 'W', 0));
    }

    private static List<Rule> rules(Truth truth) {
        return truth.replay().findings().stream().map(Finding::rule).toList();
    }
}

package io.bumba.chaos;

import static io.bumba.chaos.Truth.line;
import static io.bumba.chaos.Truth.queue;
import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.chaos.Finding.Rule;
import io.bumba.testkit.LockHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The negative controls of the judge over the clients' histories, and what it must not condemn. */
class JudgeTest {
    private static final String FILE = "dir%2Fa";

    private final Path directory;

    JudgeTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void aHolderThatIsValidWhileAnotherHoldsIsFound() {
        LockHistory history = history(
                "GRANT 1000 1 ann " + FILE + " EXCLUSIVE 1",
                "GRANT 2000 2 ben " + FILE + " EXCLUSIVE 2",
                "VALID 3000 2",
                "VALID 2500 1");
        assertThat(rules(Judge.holds(history, List.of()))).containsExactly(Rule.OVERLAP);
    }

    @Test
    void aBrokenHolderHasUntilItIsTold() {
        LockHistory history = history(
                "GRANT 1000 1 ann " + FILE + " EXCLUSIVE 1",
                "GRANT 2000 2 ben " + FILE + " EXCLUSIVE 3",
                "VALID 3000 2",
                "VALID 2500 1",
                "LOST 2600 1");
        Break broken = new Break("dir/a", 1, 1500);
        assertThat(Judge.holds(history, List.of(broken))).isEmpty();
        Replay truth = new Truth()
                .create(1, "ann", line("a", 'W', 0))
                .delete(2, "operator", line("a", 'W', 0))
                .replay();
        assertThat(Judge.told(history, List.of(broken), truth, Duration.ZERO)).isEmpty();
    }

    @Test
    void aBrokenHolderThatIsNeverToldIsFound() {
        long late = Judge.NOTICE.plusSeconds(1).toNanos();
        LockHistory history = history("GRANT 1000 1 ann " + FILE + " EXCLUSIVE 1", "VALID " + late + " 1");
        Replay truth = new Truth()
                .create(1, "ann", line("a", 'W', 0))
                .delete(2, "operator", line("a", 'W', 0))
                .replay();
        List<Break> breaks = List.of(new Break("dir/a", 1, 1500));
        assertThat(rules(Judge.told(history, breaks, truth, Duration.ZERO))).containsExactly(Rule.UNTOLD);
        // It stood still meanwhile.
        assertThat(Judge.told(history, breaks, truth, Duration.ofSeconds(2))).isEmpty();
    }

    @Test
    void aGrantOfNoContenderOrOfAnothersIsFound() {
        Replay truth = new Truth().create(1, "ann", line("a", 'W', 0)).replay();
        assertThat(Judge.grants(history("GRANT 1000 1 ann " + FILE + " EXCLUSIVE 1"), truth))
                .isEmpty();
        assertThat(rules(Judge.grants(history("GRANT 1000 1 ann " + FILE + " EXCLUSIVE 2"), truth)))
                .containsExactly(Rule.TOKEN_FOREIGN);
        assertThat(rules(Judge.grants(history("GRANT 1000 1 ben " + FILE + " EXCLUSIVE 1"), truth)))
                .containsExactly(Rule.TOKEN_FOREIGN);
    }

    @Test
    void aGrantThatNeverCameFirstIsFound() {
        Replay truth = new Truth()
                .create(1, "ann", line("a", 'W', 0))
                .create(2, "ben", line("b", 'W', 1))
                .replay();
        assertThat(rules(Judge.grants(history("GRANT 1000 1 ben " + FILE + " EXCLUSIVE 2"), truth)))
                .containsExactly(Rule.NEVER_HELD);
    }

    @Test
    void aNewcomerThatPassesAWaiterOfItsPriorityIsFound() {
        Replay truth = waiterThenNewcomer();
        assertThat(rules(Judge.newcomers(newcomer("NORMAL"), truth))).containsExactly(Rule.NEWCOMER_PASSED);
        assertThat(rules(Judge.newcomers(newcomer("LOW"), truth))).containsExactly(Rule.NEWCOMER_PASSED);
        // P6 lets it pass who is less urgent.
        assertThat(Judge.newcomers(newcomer("HIGH"), truth)).isEmpty();
    }

    @Test
    void aWaiterThatGaveUpWasNotPassed() {
        Replay truth = new Truth()
                .create(1, "ben", queue(8, 'W', "b", 0))
                .create(2, "cat", line("c", 'W', 1))
                .delete(3, "ben", queue(8, 'W', "b", 0))
                .replay();
        assertThat(Judge.newcomers(newcomer("NORMAL"), truth)).isEmpty();
    }

    @Test
    void aRequestWithoutAnAnswerIsFoundUnlessItsProcessWasKilled() {
        List<LockHistory.Request> requests =
                history("REQUEST 1000 1 ann " + FILE + " EXCLUSIVE NORMAL 50").requests();
        assertThat(rules(Judge.answers(requests, false, Duration.ofSeconds(1), Duration.ZERO)))
                .containsExactly(Rule.UNANSWERED);
        assertThat(Judge.answers(requests, true, Duration.ofSeconds(1), Duration.ZERO))
                .isEmpty();
    }

    @Test
    void anAnswerLongAfterItsTimeIsFound() {
        List<LockHistory.Request> requests = history(
                        "REQUEST 0 1 ann " + FILE + " EXCLUSIVE NORMAL 50", "OUTCOME 3000000000 1 TimedOut 0")
                .requests();
        assertThat(rules(Judge.answers(requests, false, Duration.ofSeconds(2), Duration.ZERO)))
                .containsExactly(Rule.UNANSWERED);
        assertThat(Judge.answers(requests, false, Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isEmpty();
    }

    private static Replay waiterThenNewcomer() {
        return new Truth()
                .create(1, "ben", queue(8, 'W', "b", 0))
                .create(2, "cat", line("c", 'W', 1))
                .step(3, "ben", queue(8, 'W', "b", 0), line("b", 'W', 2))
                .replay();
    }

    private LockHistory newcomer(String priority) {
        return history(
                "REQUEST 900 1 cat " + FILE + " EXCLUSIVE " + priority + " 50",
                "GRANT 1000 2 cat " + FILE + " EXCLUSIVE 2",
                "OUTCOME 1001 1 Granted 2",
                "RELEASE 1100 2",
                "GRANT 2000 3 ben " + FILE + " EXCLUSIVE 3");
    }

    private LockHistory history(String... lines) {
        try {
            Path file = Files.createTempFile(directory, "history", "");
            Files.writeString(file, String.join("\n", lines) + "\n");
            return LockHistory.read(List.of(file));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("no history", e);
        }
    }

    private static List<Rule> rules(List<Finding> findings) {
        return findings.stream().map(Finding::rule).toList();
    }
}

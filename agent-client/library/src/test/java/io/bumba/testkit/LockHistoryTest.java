package io.bumba.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bumba.lock.LockMode;
import io.bumba.lock.Priority;
import io.bumba.testkit.LockHistory.Op;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockHistoryTest {
    private final Path directory;

    LockHistoryTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void whatWasWrittenIsRead() {
        Path file = directory.resolve("one");
        long before = System.nanoTime();
        try (LockHistory.Writer writer = LockHistory.writeTo(file)) {
            long first = writer.grant("ann 1", "src/ä b.txt", LockMode.SHARED, 7);
            long second = writer.grant("ann 1", "c", LockMode.EXCLUSIVE, 8);
            writer.release(first);
            writer.lost(second);
            long third = writer.grant("ann 1", "d", LockMode.EXCLUSIVE, 9);
            assertThat(third).isEqualTo(3);
        }
        List<Op> ops = LockHistory.read(List.of(file)).ops();
        assertThat(ops).hasSize(3);
        Op op = ops.get(0);
        assertThat(op.agent()).isEqualTo("ann 1");
        assertThat(op.path()).isEqualTo("src/ä b.txt");
        assertThat(op.mode()).isEqualTo(LockMode.SHARED);
        assertThat(op.token()).isEqualTo(7);
        assertThat(op.grantedAt()).isBetween(before, op.endedAt());
        assertThat(ops.get(1).endedAt()).isBetween(op.endedAt(), System.nanoTime());
        assertThat(ops.get(2).endedAt()).isEqualTo(LockHistory.OPEN);
    }

    @Test
    void aSilencedProcessHoldsNothingAfterwards() {
        Path file = directory.resolve("one");
        Path other = directory.resolve("two");
        long silenced;
        try (LockHistory.Writer paused = LockHistory.writeTo(file);
                LockHistory.Writer successor = LockHistory.writeTo(other)) {
            long held = paused.grant("ann", "a", LockMode.EXCLUSIVE, 7);
            silenced = System.nanoTime();
            long next = successor.grant("bob", "a", LockMode.EXCLUSIVE, 8);
            paused.lost(held);
            successor.release(next);
        }
        LockHistory history = LockHistory.read(List.of(file, other));
        assertThatThrownBy(() -> LockChecker.assertNoViolation(history))
                .hasMessageContaining("OVERLAP")
                .hasMessageContaining("ann")
                .hasMessageContaining("bob");
        LockChecker.assertNoViolation(history.silenced(file, silenced));
    }

    @Test
    void onlyWhatWasSeenValidIsProven() {
        // Its session ended while it was paused: it claims nothing for the time that it slept, unless it says so.
        Path file = directory.resolve("one");
        Path other = directory.resolve("two");
        try (LockHistory.Writer paused = LockHistory.writeTo(file);
                LockHistory.Writer successor = LockHistory.writeTo(other)) {
            long held = paused.grant(1_000, "ann", "a", LockMode.EXCLUSIVE, 7);
            paused.valid(2_000, held);
            long next = successor.grant(3_000, "bob", "a", LockMode.EXCLUSIVE, 8);
            successor.valid(5_000, next);
            paused.release(held);
            successor.release(next);
        }
        LockChecker.assertNoViolation(LockHistory.read(List.of(file, other)).proven());
        assertThat(LockHistory.read(List.of(file)).proven().ops())
                .containsExactly(new Op("ann", "a", LockMode.EXCLUSIVE, 7, 1_000, 2_000, 2_000));
    }

    @Test
    void aHolderThatBelievesInAnEndedLockIsFound() throws IOException {
        Path file = directory.resolve("one");
        Files.writeString(
                file, "GRANT 1000 1 ann a EXCLUSIVE 7\nGRANT 3000 2 bob a EXCLUSIVE 8\nVALID 5000 2\nVALID 4000 1\n");
        assertThatThrownBy(() -> LockChecker.assertNoViolation(
                        LockHistory.read(List.of(file)).proven()))
                .hasMessageContaining("OVERLAP");
        // No pause excuses what isValid() said after it.
        assertThatThrownBy(() -> LockChecker.assertNoViolation(
                        LockHistory.read(List.of(file)).silenced(file, 2_000)))
                .hasMessageContaining("OVERLAP");
    }

    @Test
    void requestsAreReadWithWhatTheyCameTo() {
        Path file = directory.resolve("one");
        try (LockHistory.Writer writer = LockHistory.writeTo(file)) {
            long first = writer.request("ann", "a b", LockMode.SHARED, Priority.HIGH, Duration.ofMillis(1_500));
            long second = writer.request("ann", "c", LockMode.EXCLUSIVE, Priority.LOW, Duration.ZERO);
            writer.outcome(first, "Granted", 9);
            assertThat(second).isEqualTo(first + 1);
        }
        List<LockHistory.Request> requests = LockHistory.read(List.of(file)).requests();
        assertThat(requests).hasSize(2);
        LockHistory.Request granted = requests.get(0);
        assertThat(granted.path()).isEqualTo("a b");
        assertThat(granted.mode()).isEqualTo(LockMode.SHARED);
        assertThat(granted.priority()).isEqualTo(Priority.HIGH);
        assertThat(granted.patience()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(granted.outcome()).isEqualTo("Granted");
        assertThat(granted.token()).isEqualTo(9);
        assertThat(granted.answeredAt()).isGreaterThanOrEqualTo(granted.askedAt());
        assertThat(requests.get(1).outcome()).isEmpty();
        assertThat(requests.get(1).answeredAt()).isEqualTo(LockHistory.OPEN);
    }

    @Test
    void aLineCutShortByDeathDoesNotCount() throws IOException {
        Path file = directory.resolve("one");
        Files.writeString(file, "GRANT 5 1 ann a EXCLUSIVE 3\nRELEASE 6", StandardOpenOption.CREATE);
        assertThat(LockHistory.read(List.of(file)).ops())
                .containsExactly(new Op("ann", "a", LockMode.EXCLUSIVE, 3, 5, LockHistory.OPEN));
    }

    @Test
    void nonsenseIsNamed() throws IOException {
        Path file = directory.resolve("one");
        Files.writeString(file, "RELEASE 6 4\n");
        assertThatThrownBy(() -> LockHistory.read(List.of(file))).hasMessageContaining("RELEASE 6 4");
    }
}

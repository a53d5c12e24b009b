package io.bumba.cli;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.lock.FileLocks;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockResult;
import io.bumba.lock.Priority;
import io.bumba.path.RepoPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong in the demo: one agent is killed while it holds a file, one is stopped while it holds another, and
 * wakes up when its session is over and somebody else has changed that file. Both have read their file and not yet
 * written: the killed one dies outside its write, so that the file stays whole. Used once.
 */
final class DemoAccidents {
    private static final Duration HOLD = Duration.ofSeconds(60);
    private static final Duration BEFORE = Duration.ofSeconds(1);

    private final DemoAgent killed;
    private final DemoAgent stopped;
    private final String killedFile;
    private final String stoppedFile;
    private final DemoStage stage;
    private final Agent director;

    DemoAccidents(DemoAgent killed, DemoAgent stopped, List<String> files, DemoStage stage, Agent director) {
        this.killed = killed;
        this.stopped = stopped;
        this.killedFile = files.get(0);
        this.stoppedFile = files.get(1);
        this.stage = stage;
        this.director = director;
    }

    /**
     * How it went.
     *
     * @param freed from the kill until another held the dead agent's file
     * @param taken from the stop until another held the stopped agent's file
     * @param refused whether the stopped agent, awake again, found that its grant was no longer valid and did not write
     */
    record Outcome(
            int killedAgent,
            String killedFile,
            Duration freed,
            int stoppedAgent,
            String stoppedFile,
            Duration taken,
            boolean refused) {}

    /** Makes it happen; an outcome only with locks. */
    Optional<Outcome> happen(Bumba bumba, boolean noLocks) {
        try {
            TimeUnit.NANOSECONDS.sleep(BEFORE.toNanos());
            killed.order("hold " + killedFile);
            stopped.order("hold " + stoppedFile);
            killed.await(HOLD, "holding ");
            stopped.await(HOLD, "holding ");
            return noLocks ? withoutLocks() : Optional.of(withLocks(bumba.locks(director)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCode.PROBLEM, "the demo was interrupted", e);
        }
    }

    private Outcome withLocks(FileLocks locks) throws IOException, InterruptedException {
        CompletableFuture<LockResult> killedNext = locks.acquireAsync(RepoPath.of(killedFile), next());
        CompletableFuture<LockResult> stoppedNext = locks.acquireAsync(RepoPath.of(stoppedFile), next());
        stopped.signal("STOP");
        long stoppedAt = System.nanoTime();
        killed.kill();
        long killedAt = System.nanoTime();
        CompletableFuture<Duration> freed = killedNext.thenApply(result -> since(killedAt, result));
        CompletableFuture<Duration> taken = stoppedNext.thenApply(result -> since(stoppedAt, result));
        Duration freedAfter = freed.join();
        killedNext.join().orElseThrow().release();
        Duration takenAfter = taken.join();
        // The successor changes the file; a late write of the stopped agent, which read it before, would undo that.
        LockGrant grant = stoppedNext.join().orElseThrow();
        edit(stoppedFile);
        grant.release();
        stopped.order("write");
        stopped.signal("CONT");
        String said = stopped.await(HOLD, "refused ", "wrote ");
        return new Outcome(
                killed.number(),
                killedFile,
                freedAfter,
                stopped.number(),
                stoppedFile,
                takenAfter,
                said.startsWith("refused "));
    }

    private Optional<Outcome> withoutLocks() throws IOException, InterruptedException {
        stopped.signal("STOP");
        killed.kill();
        TimeUnit.NANOSECONDS.sleep(DemoRun.SESSION.toNanos());
        stopped.order("write");
        stopped.signal("CONT");
        stopped.await(HOLD, "wrote ");
        return Optional.empty();
    }

    private static LockOptions next() {
        return LockOptions.waitUpTo(HOLD).withPriority(Priority.CRITICAL).because("measures when it is free");
    }

    private static Duration since(long nanos, LockResult result) {
        @Nullable LockGrant granted = result.grant().orElse(null);
        if (granted == null) {
            throw new CliException(ExitCode.PROBLEM, "the demo did not get its lock: " + result.message());
        }
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private void edit(String file) throws IOException {
        Path path = stage.tree().resolve(file);
        DemoEdit edit = new DemoEdit("successor", 1);
        String text = Files.readString(path, StandardCharsets.ISO_8859_1);
        Files.writeString(path, edit.applyTo(text, CommentStyle.of(file).orElseThrow()), StandardCharsets.ISO_8859_1);
        try (DemoLedger ledger = new DemoLedger(stage.scratch().resolve("ledger-0"))) {
            ledger.acknowledge(new DemoLedger.Entry(file, edit));
        }
    }
}

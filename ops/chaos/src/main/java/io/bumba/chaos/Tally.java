package io.bumba.chaos;

import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockMode;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockResult;
import io.bumba.lock.Priority;
import io.bumba.path.RepoPath;
import io.bumba.testkit.LockHistory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Raises the number in a file by one, without any atomicity, while the lock is valid: no history can be forged so that the
 * number comes out right. Only for processes that nobody stops in the middle.
 */
final class Tally implements Act {
    /** The locked path; no other actor asks for it. */
    static final RepoPath COUNTER = RepoPath.of("counter");

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** An increment that took this long may have outlived its lock: validity leaves a third of a session, 1.3 s. */
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Staff staff;
    private final LockHistory.Writer history;
    private final Path counter;
    private Told told = Told.NOTHING;

    Tally(Staff staff, LockHistory.Writer history, Path counter) {
        this.staff = staff;
        this.history = history;
        this.counter = counter;
    }

    @Override
    public void perform() throws InterruptedException {
        Agent agent = staff.living();
        if (agent == null) {
            return;
        }
        String id = agent.id().value();
        long request = history.request(id, COUNTER.value(), LockMode.EXCLUSIVE, Priority.NORMAL, PATIENCE);
        LockResult result;
        try {
            result = staff.locks(agent).acquire(COUNTER, LockOptions.waitUpTo(PATIENCE));
        } catch (BumbaException e) {
            history.outcome(request, Answer.of(e), 0);
            return;
        }
        history.outcome(request, Answer.of(result), Answer.token(result));
        if (result instanceof LockResult.Granted granted) {
            count(id, granted.held());
            Steps.release(granted.held());
        }
    }

    private void count(String agent, LockGrant grant) {
        long before = System.nanoTime();
        if (!grant.isValid()) {
            return;
        }
        raise();
        long took = System.nanoTime() - before;
        boolean slow = took > SLOW_NANOS;
        told = told.plus(new Told(1, slow ? 0 : 1, slow ? 1 : 0));
        long number = history.grant(
                before, agent, COUNTER.value(), grant.mode(), grant.token().zxid());
        history.release(number);
    }

    private void raise() {
        try {
            Files.writeString(counter, Long.toString(Long.parseLong(Files.readString(counter)) + 1));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot count in " + counter, e);
        }
    }

    @Override
    public void dismiss() {
        staff.dismiss();
    }

    @Override
    public Told told() {
        return told;
    }
}

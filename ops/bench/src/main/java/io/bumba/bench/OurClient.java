package io.bumba.bench;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.FileLocks;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.lock.ReleaseResult;
import io.bumba.path.RepoPath;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One connection of ours with one agent. */
record OurClient(Bumba bumba, Agent agent, FileLocks locks) implements Client {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    static OurClient connect(String servers, Duration sessionTimeout) {
        Bumba bumba = Bumba.connect(
                BumbaConfig.builder(servers).sessionTimeout(sessionTimeout).build());
        Agent agent = bumba.register(AgentSpec.of("Bench", "Client"));
        return new OurClient(bumba, agent, bumba.locks(agent));
    }

    @Override
    public Locker locker(String file) {
        return new FileLock(locks, RepoPath.of(file), LockOptions.tryNow());
    }

    @Override
    public Locker contended(String file) {
        return new FileLock(locks, RepoPath.of(file), LockOptions.waitUpTo(PATIENCE));
    }

    @Override
    public void close() {
        bumba.close();
    }

    private static final class FileLock implements Locker {
        private final FileLocks locks;
        private final RepoPath path;
        private final LockOptions options;
        private @Nullable LockGrant grant;

        FileLock(FileLocks locks, RepoPath path, LockOptions options) {
            this.locks = locks;
            this.path = path;
            this.options = options;
        }

        @Override
        public void lock() {
            grant = Attempt.to(
                    "lock " + path, () -> locks.acquire(path, options).orElseThrow());
        }

        @Override
        public void unlock() {
            LockGrant held = grant;
            if (held == null || held.release() != ReleaseResult.RELEASED) {
                throw new BenchException("the lock on " + path + " was not held when it was released");
            }
        }
    }
}

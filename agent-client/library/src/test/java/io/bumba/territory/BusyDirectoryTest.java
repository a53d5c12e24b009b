package io.bumba.territory;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** In a directory under constant short locking an allocation succeeds all the same. */
class BusyDirectoryTest extends TerritoryFixture {
    private static final int LOCKERS = 12;
    private static final int FILES = 3;

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger locked = new AtomicInteger();

    @Test
    void anAllocationSucceedsUnderConstantShortLocking() throws Exception {
        Bumba there = connect();
        Bumba here = connect();
        Agent ada = agent(here, "Ada");
        ExecutorService threads = Executors.newFixedThreadPool(LOCKERS);
        try {
            List<Future<?>> lockers = new ArrayList<>();
            for (int i = 0; i < LOCKERS; i++) {
                Agent agent = agent(there, "Locker" + i);
                Random random = new Random(i);
                lockers.add(threads.submit(() -> lock(there, agent, random)));
            }
            for (int i = 0; i < 8; i++) {
                int before = locked.get();
                Awaitility.await("the directory is busy").atMost(SOON).until(() -> locked.get() > before + LOCKERS);
                TerritoryRequest request =
                        i % 2 == 0 ? claim("busy/") : claim("busy/*.js").waitUpTo(Duration.ofSeconds(30));
                AllocateResult result = here.territories(ada).allocate(request);
                assertThat(result).as(result.message()).isInstanceOf(AllocateResult.Allocated.class);
                assertThat(result.orElseThrow().release()).isTrue();
            }
            stop.set(true);
            for (Future<?> each : lockers) {
                each.get(30, TimeUnit.SECONDS);
            }
        } finally {
            stop.set(true);
            threads.shutdown();
        }
        assertThat(territories()).isEmpty();
    }

    /** Nearly all the time somebody holds, and somebody waits. */
    private Void lock(Bumba bumba, Agent agent, Random random) throws InterruptedException {
        while (!stop.get()) {
            RepoPath path = RepoPath.of("busy/" + random.nextInt(FILES) + ".js");
            Optional<LockGrant> grant = bumba.locks(agent)
                    .acquire(path, LockOptions.waitUpTo(Duration.ofSeconds(5)))
                    .grant();
            if (grant.isPresent()) {
                locked.incrementAndGet();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2 + random.nextInt(8)));
                grant.get().close();
            }
        }
        return null;
    }
}

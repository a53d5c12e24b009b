package io.bumba.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

final class ContestTest {
    private static final int CLIENTS = 8;
    private static final int TIMES = 5_000;

    @Test
    void aLockThatExcludesNobodyIsFoundOut() {
        Contest contest = run(new Locker() {
            @Override
            public void lock() {}

            @Override
            public void unlock() {}
        });
        assertThatThrownBy(() -> contest.exclusion(1))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("does not exclude");
    }

    @Test
    void aLockThatExcludesCountsExactly() {
        ReentrantLock lock = new ReentrantLock();
        Contest contest = run(new Locker() {
            @Override
            public void lock() {
                lock.lock();
            }

            @Override
            public void unlock() {
                lock.unlock();
            }
        });
        assertThat(contest.exclusion(1).counted()).isEqualTo((long) CLIENTS * TIMES);
    }

    private static Contest run(Locker locker) {
        Contest contest = new Contest("a lock", CLIENTS, client -> locker);
        try (Crew crew = new Crew()) {
            assertThat(crew.time(contest.contestant(), TIMES)).isPositive();
        }
        return contest;
    }
}

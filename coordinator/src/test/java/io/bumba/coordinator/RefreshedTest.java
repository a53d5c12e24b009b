package io.bumba.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RefreshedTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 10);
    private final AtomicInteger reads = new AtomicInteger();
    private final Deque<Runnable> held = new ArrayDeque<>();

    @Test
    void aValueIsReadAgainOnlyWhenItIsOlderThanItsAge() {
        Refreshed<Integer> refreshed = refreshed(reads::incrementAndGet, Runnable::run);

        assertThat(refreshed.get()).isEqualTo(new Refreshed.Aged<>(1, 0, false));
        advance(999);
        assertThat(refreshed.get()).isEqualTo(new Refreshed.Aged<>(1, 999, false));
        advance(1);
        assertThat(refreshed.get()).isEqualTo(new Refreshed.Aged<>(2, 0, false));
    }

    @Test
    void whenTheSourceFailsTheLastValueIsGivenAsStaleWithItsAge() {
        AtomicInteger failAfter = new AtomicInteger(1);
        Refreshed<Integer> refreshed = refreshed(
                () -> {
                    if (reads.incrementAndGet() > failAfter.get()) {
                        throw new IllegalStateException("no server");
                    }
                    return reads.get();
                },
                Runnable::run);
        refreshed.get();
        advance(5_000);
        assertThat(refreshed.get()).isEqualTo(new Refreshed.Aged<>(1, 5_000, true));
        assertThat(refreshed.get()).isEqualTo(new Refreshed.Aged<>(1, 5_000, true));
        assertThat(reads).as("a failure is not repeated for every asker").hasValue(2);

        failAfter.set(100);
        advance(1_000);
        assertThat(refreshed.get()).isEqualTo(new Refreshed.Aged<>(3, 0, false));
    }

    @Test
    void aReadingThatHangsIsWaitedForNoLongerThanThePatienceAndNotDoubled() {
        Refreshed<Integer> refreshed = refreshed(reads::incrementAndGet, held::add);
        assertThatThrownBy(refreshed::get).isInstanceOf(Refreshed.NothingYet.class);
        advance(10_000);
        assertThatThrownBy(refreshed::get).isInstanceOf(Refreshed.NothingYet.class);
        assertThat(held).hasSize(1);

        held.remove().run();
        assertThat(refreshed.get().value()).as("a late answer counts").isEqualTo(1);
    }

    private Refreshed<Integer> refreshed(Supplier<Integer> source, Executor executor) {
        return new Refreshed<>(source, executor, nanos::get, Duration.ofSeconds(1), Duration.ofMillis(20));
    }

    private void advance(long millis) {
        nanos.addAndGet(Duration.ofMillis(millis).toNanos());
    }
}

package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A session of 4,000 ms: a tick is at most 1,000, half of it 2,000. All times in milliseconds. */
class LocalLeaseTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(4);

    @ParameterizedTest(name = "writes sent at {0}, now {1}: fresh {2}")
    @CsvSource({
        "'', 0, false",
        "0, 0, false",
        "0, 1500, false",
        "'0 999', 1000, false",
        "'0 1000', 1000, true",
        "'0 1000', 1999, true",
        "'0 1000', 2000, false",
        "'0 5000', 5000, false",
        "'0 5000 5999', 5999, false",
        "'0 5000 6000', 6000, true",
        "'0 5000 6000', 6999, true",
        "'0 5000 6000', 7000, false",
        "'0 400 800 1200 1600', 2399, true",
        "'0 400 800 1200 1600', 2400, false",
        "'0 400 800 1000 1600', 2399, true",
        "'1000 0 2000', 1999, true",
        "'1000 0 2000', 2000, false"
    })
    void theOlderOfTwoWritesATickApartCountsForHalfATimeout(String sent, long now, boolean fresh) {
        AtomicLong clock = new AtomicLong();
        LocalLease lease = new LocalLease(TIMEOUT, clock::get);
        Arrays.stream(sent.split(" ", -1))
                .filter(each -> !each.isEmpty())
                .forEach(each -> lease.acknowledged(nanos(Long.parseLong(each))));
        clock.set(nanos(now));
        assertThat(lease.isFresh()).isEqualTo(fresh);
    }

    @ParameterizedTest(name = "sent at {0}, now {1}: recent {2}")
    @CsvSource({"0, 0, true", "0, 1999, true", "0, 2000, false", "500, 2499, true", "500, 2500, false"})
    void oneWriteCountsByItselfForHalfATimeoutFromItsSending(long sent, long now, boolean recent) {
        AtomicLong clock = new AtomicLong(nanos(now));
        assertThat(new LocalLease(TIMEOUT, clock::get).isRecent(nanos(sent))).isEqualTo(recent);
    }

    private static long nanos(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}

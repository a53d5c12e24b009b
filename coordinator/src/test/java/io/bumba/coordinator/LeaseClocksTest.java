package io.bumba.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.lock.FencingToken;
import io.bumba.lock.LeasedHold;
import io.bumba.lock.LockMode;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaseClocksTest {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final LeaseClocks clocks = new LeaseClocks();

    private static LeasedHold hold(String contender, long changed, int leaseSeconds) {
        return new LeasedHold(
                RepoPath.of("a"),
                "agent",
                LockMode.EXCLUSIVE,
                new FencingToken(1),
                contender,
                changed,
                0,
                Duration.ofSeconds(leaseSeconds));
    }

    private List<LeasedHold> at(double seconds, LeasedHold... held) {
        // Monotonic clocks begin anywhere, and wrap around.
        return clocks.due(List.of(held), GRACE, Long.MAX_VALUE - 8_000_000_000L + (long) (seconds * 1e9));
    }

    @Test
    void aHoldIsDueWhenItsLeaseAndTheGraceHavePassedSinceItWasFirstSeen() {
        LeasedHold hold = hold("x", 1, 10);
        assertThat(at(0, hold)).isEmpty();
        assertThat(at(14.999, hold)).isEmpty();
        assertThat(at(15, hold)).containsExactly(hold);
        assertThat(at(16, hold)).containsExactly(hold);
    }

    @Test
    void everyHoldHasItsOwnClock() {
        LeasedHold early = hold("x", 1, 10);
        LeasedHold late = hold("y", 2, 10);
        LeasedHold brief = hold("z", 3, 1);
        assertThat(at(0, early)).isEmpty();
        assertThat(at(10, early, late, brief)).isEmpty();
        assertThat(at(16, early, late, brief)).containsExactly(early, brief);
        assertThat(at(25, late)).containsExactly(late);
    }

    @Test
    void aRenewedLeaseCountsAnew() {
        assertThat(at(0, hold("x", 1, 10))).isEmpty();
        LeasedHold renewed = hold("x", 2, 10);
        assertThat(at(14, renewed)).isEmpty();
        assertThat(at(28, renewed)).isEmpty();
        assertThat(at(29, renewed)).containsExactly(renewed);
    }

    @Test
    void whoIsSeenAgainOrByANewLeaderCountsAnew() {
        LeasedHold hold = hold("x", 1, 10);
        assertThat(at(0, hold)).isEmpty();
        assertThat(at(10)).isEmpty();
        assertThat(at(20, hold)).isEmpty();
        clocks.forget();
        assertThat(at(34, hold)).isEmpty();
        assertThat(at(48, hold)).isEmpty();
        assertThat(at(49, hold)).containsExactly(hold);
    }
}

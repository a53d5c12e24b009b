package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.event.Event;
import io.bumba.path.RepoPath;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LossTest {
    private static final RepoPath A = RepoPath.of("a");

    @Test
    void whyIsToldForEachFileWhereItIsKnown() {
        Loss known = new Loss(A, "its lease has ended");
        Loss unknown = new Loss(RepoPath.of("b"), "");
        assertThat(Loss.say(List.of(known), "is lost")).isEqualTo("the lock of a is lost (its lease has ended)");
        assertThat(Loss.say(List.of(unknown), "is lost")).isEqualTo("the lock of b is lost");
        assertThat(Loss.say(List.of(known, unknown), "was lost"))
                .isEqualTo("the lock of a, b was lost (a: its lease has ended)");
    }

    @Test
    void whyIsWhatTheLibrarySaidLastMadePrintableAndToldOnce() {
        Losses losses = new Losses();
        assertThat(losses.take(A).why()).isEmpty();
        losses.heard(lost("its lease has ended"));
        losses.heard(lost("it was ended by Eve: \u001b[2Jnoon"));
        losses.heard(new Event.LockReleased(Instant.EPOCH, "agent", A, 7));
        assertThat(losses.take(A)).isEqualTo(new Loss(A, "it was ended by Eve: <U+001B>[2Jnoon"));
        assertThat(losses.take(A).why()).isEmpty();
        losses.heard(lost("x".repeat(10_000)));
        assertThat(losses.take(A).why()).hasSize(700);
    }

    private static Event lost(String why) {
        return new Event.LockLost(Instant.EPOCH, "agent", A, 7, why);
    }
}

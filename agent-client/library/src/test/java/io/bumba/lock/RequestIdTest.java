package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bumba.Bumba;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A request that is repeated under its id is one request. Faults 21, 22. */
class RequestIdTest extends LockFixture {
    private static final LockOptions ASKED = PATIENT.asRequest("r-1");

    private final Bumba bumba = direct();
    private final FileLocks ada = agent(bumba, "Ada");
    private final FileLocks bob = agent(bumba, "Bob");

    @Test
    void aRepeatedRequestIsAnsweredByTheSameGrantAndCountsOnce() throws Exception {
        LockGrant first = ada.acquire(PATH, ASKED).orElseThrow();
        LockGrant again = ada.acquire(PATH, ASKED).orElseThrow();
        assertThat(again).isSameAs(first);
        assertThat(new String(server.client().getData(contender(PATH), false, null), StandardCharsets.UTF_8))
                .contains("\"requestId\":\"r-1\"");
        assertThat(first.release()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(contenders(PATH)).isEmpty();
    }

    @Test
    void oneThatIsRepeatedWhileItWaitsStandsInLineOnce() throws Exception {
        LockGrant held = bob.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> first = ada.acquireAsync(PATH, ASKED);
        CompletableFuture<LockResult> again = ada.acquireAsync(PATH, ASKED);
        awaitWaiters(bumba, PATH, 1);
        assertThat(first.cancel(false)).as("one of two goes").isTrue();
        held.close();
        LockGrant granted = again.get(10, TimeUnit.SECONDS).orElseThrow();
        assertThat(granted.isValid()).isTrue();
        assertThat(granted.release()).isEqualTo(ReleaseResult.RELEASED);
    }

    @Test
    void oneThatNobodyWantsAnyMoreIsCancelled() throws Exception {
        LockGrant held = bob.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> first = ada.acquireAsync(PATH, ASKED);
        CompletableFuture<LockResult> again = ada.acquireAsync(PATH, ASKED);
        awaitWaiters(bumba, PATH, 1);
        first.cancel(false);
        again.cancel(false);
        awaitWaiters(bumba, PATH, 0);
        held.close();
        assertThat(ada.held()).isEmpty();
    }

    @Test
    void aLateRepetitionDoesNotLockAnew() throws Exception {
        LockGrant grant = ada.acquire(PATH, ASKED).orElseThrow();
        grant.close();
        LockResult late = ada.acquire(PATH, ASKED);
        assertThat(late).isInstanceOf(LockResult.Lost.class);
        assertThat(late.message()).contains("r-1", grant.token().toString(), "has ended");
        assertThat(contenders(PATH)).isEmpty();
        ada.acquire(PATH, PATIENT.asRequest("r-2")).orElseThrow().close();
    }

    @Test
    void oneThatWasRefusedIsTriedAgain() throws Exception {
        LockGrant held = bob.acquire(PATH, PATIENT).orElseThrow();
        LockOptions now = LockOptions.tryNow().asRequest("r-1");
        assertThat(ada.acquire(PATH, now)).isInstanceOf(LockResult.Held.class);
        held.close();
        ada.acquire(PATH, now).orElseThrow().close();
    }

    @Test
    void anIdIsForOneKindOfRequestAndForOneFile() throws Exception {
        LockGrant grant = ada.acquire(PATH, ASKED).orElseThrow();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ada.acquire(PATH, ASKED.shared()))
                .withMessageContaining("r-1")
                .withMessageContaining("EXCLUSIVE");
        ada.acquire(OTHER, ASKED).orElseThrow().close();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PATIENT.asRequest("two words"))
                .withMessageContaining("two words");
        grant.close();
    }
}

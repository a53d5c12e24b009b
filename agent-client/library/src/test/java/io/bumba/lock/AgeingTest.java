package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.testkit.Fault;
import io.bumba.testkit.TcpProxy;
import io.bumba.zk.WorkspaceSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who has waited long is raised. Fault 34. */
class AgeingTest extends LockFixture {
    private static final Duration AGEING = Duration.ofMillis(300);

    private Bumba bumba = direct();

    @BeforeEach
    void ageFast() {
        bumba.writeSettings(new WorkspaceSettings(false, 100, 30_000, AGEING.toMillis(), 0L, Map.of()));
    }

    private List<String> queue() {
        return server.children(root + "/workspaces/default/locks/src/a.js@queue");
    }

    @Test
    void aWaiterIsRaisedStepByStepAndKeepsItsArrival() throws Exception {
        LockGrant held = agent(bumba, "Holder").acquire(PATH, PATIENT).orElseThrow();
        var unused = agent(bumba, "InLine").acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        CompletableFuture<LockResult> low = agent(bumba, "Low").acquireAsync(PATH, PATIENT.withPriority(Priority.LOW));
        await().until(() -> queue().size() == 1);
        String arrival = queue().get(0).substring(1);
        for (char digit : new char[] {'8', '7', '6'}) {
            await().until(() -> queue().equals(List.of(digit + arrival)));
        }
        assertThat(low).isNotDone();
        held.close();
    }

    @Test
    void alwaysNewHighPriorityDoesNotStarveALowOne() throws Exception {
        LockGrant held = agent(bumba, "Holder").acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> first = agent(bumba, "InLine").acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        CompletableFuture<LockResult> low = agent(bumba, "Low").acquireAsync(PATH, PATIENT.withPriority(Priority.LOW));
        awaitWaiters(bumba, PATH, 2);
        held.close();
        LockGrant current = first.get(10, TimeUnit.SECONDS).orElseThrow();
        int passed = 0;
        while (!low.isDone()) {
            CompletableFuture<LockResult> high =
                    agent(bumba, "High" + passed).acquireAsync(PATH, PATIENT.withPriority(Priority.CRITICAL));
            await().until(() -> low.isDone()
                    || bumba.lockTable().read().locks().get(0).waiters().size() >= 2);
            current.close();
            CompletableFuture<Object> next = CompletableFuture.anyOf(low, high);
            current = ((LockResult) next.get(10, TimeUnit.SECONDS)).orElseThrow();
            if (!high.isDone()) {
                high.cancel(false);
            }
            passed++;
        }
        assertThat(low.get().grant()).isPresent();
        assertThat(passed).as("it was passed at first, for priority counts").isPositive();
    }

    @Test
    void aRaiseWhoseReplyIsLostHappensOnce() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba far = through(proxy, Duration.ofSeconds(5));
        LockGrant held = agent(bumba, "Holder").acquire(PATH, PATIENT).orElseThrow();
        var unused = agent(bumba, "InLine").acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        Fault lost = proxy.loseReplyTo(request -> mentions(request, "@queue/8-"));
        CompletableFuture<LockResult> low = agent(far, "Low").acquireAsync(PATH, PATIENT.withPriority(Priority.LOW));
        lost.await(SOON);
        await().until(() -> queue().size() == 1 && queue().get(0).startsWith("6-"));
        held.close();
        low.cancel(false);
        await().until(() -> queue().isEmpty());
    }
}

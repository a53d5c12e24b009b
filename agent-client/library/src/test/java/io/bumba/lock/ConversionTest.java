package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.testkit.Fault;
import io.bumba.testkit.TcpProxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.junit.jupiter.api.Test;

/** From exclusive to shared and back, at one place in the line. */
class ConversionTest extends LockFixture {
    private final Bumba bumba = direct();
    private final FileLocks ada = agent(bumba, "Ada");
    private final FileLocks bob = agent(bumba, "Bob");

    private static boolean downgrade(LockGrant grant) throws Exception {
        return grant.downgrade().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void aDowngradeLetsReadersInAndNoWriter() throws Exception {
        LockGrant grant = ada.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> reader = bob.acquireAsync(PATH, PATIENT.shared());
        awaitWaiters(bumba, PATH, 1);
        FencingToken before = grant.token();
        assertThat(downgrade(grant)).isTrue();
        LockGrant second = reader.get(10, TimeUnit.SECONDS).orElseThrow();
        assertThat(grant.mode()).isEqualTo(LockMode.SHARED);
        assertThat(grant.token()).as("its readers' tokens are larger").isEqualTo(before);
        assertThat(second.token()).isGreaterThan(before);
        assertThat(grant.isValid() && second.isValid()).isTrue();
        assertThat(agent(bumba, "Cleo").acquire(PATH, LockOptions.tryNow())).isInstanceOf(LockResult.Held.class);
        assertThat(bumba.lockTable().read().locks().get(0).holders())
                .as("displays know the token, though the node is a new one")
                .extracting(Holder::token)
                .contains(before);
        second.close();
        grant.close();
        assertThat(contenders(PATH)).isEmpty();
    }

    @Test
    void aWriterInLineBehindADowngradedHolderGetsALargerTokenThanIts() throws Exception {
        LockGrant grant = ada.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> writer = bob.acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        assertThat(downgrade(grant)).isTrue();
        assertThat(writer).isNotDone();
        FencingToken mine = grant.token();
        grant.close();
        LockGrant next = writer.get(10, TimeUnit.SECONDS).orElseThrow();
        assertThat(next.token()).isGreaterThan(mine);
        next.close();
    }

    @Test
    void aDowngradeIsRefusedWhileOtherGrantsOfTheAgentCountOnIt() throws Exception {
        LockGrant outer = ada.acquire(PATH, PATIENT).orElseThrow();
        LockGrant inner = ada.acquire(PATH, PATIENT).orElseThrow();
        assertThatIllegalStateException().isThrownBy(inner::downgrade).withMessageContaining("2 grants");
        inner.close();
        assertThat(downgrade(outer)).isTrue();
        outer.close();
        assertThat(outer.downgrade().toCompletableFuture().get()).isFalse();
    }

    @Test
    void theOnlyReaderMayWrite() throws Exception {
        LockGrant shared = ada.acquire(PATH, PATIENT.shared()).orElseThrow();
        FencingToken before = shared.token();
        LockGrant exclusive = ada.acquire(PATH, PATIENT).orElseThrow();
        assertThat(exclusive.mode()).isEqualTo(LockMode.EXCLUSIVE);
        assertThat(exclusive.token()).isGreaterThan(before);
        assertThat(bob.acquire(PATH, LockOptions.tryNow().shared())).isInstanceOf(LockResult.Held.class);
        exclusive.close();
        assertThat(shared.isValid()).isTrue();
        shared.close();
        assertThat(contenders(PATH)).isEmpty();
        bob.acquire(PATH, LockOptions.tryNow()).orElseThrow().close();
    }

    @Test
    void anUpgradeIsRefusedByNameBesideAnotherReader() throws Exception {
        LockGrant mine = ada.acquire(PATH, PATIENT.shared()).orElseThrow();
        LockGrant other = bob.acquire(PATH, PATIENT.shared()).orElseThrow();
        LockResult refused = ada.acquire(PATH, PATIENT);
        assertThat(refused).isInstanceOfSatisfying(LockResult.UpgradeRefused.class, why -> {
            assertThat(why.others()).hasSize(1);
            assertThat(why.message()).contains("Tester-Bob", "reads it too", "release it");
        });
        assertThatExceptionOfType(LockRefusedException.class).isThrownBy(refused::orElseThrow);
        assertThat(mine.isValid() && other.isValid()).isTrue();
        other.close();
        ada.acquire(PATH, PATIENT).orElseThrow().close();
        mine.close();
    }

    @Test
    void anUpgradeDoesNotPassAWriterThatStandsInLine() throws Exception {
        LockGrant mine = ada.acquire(PATH, PATIENT.shared()).orElseThrow();
        CompletableFuture<LockResult> writer = bob.acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        assertThat(ada.acquire(PATH, PATIENT).message()).contains("Tester-Bob", "waits for it");
        mine.close();
        writer.get(10, TimeUnit.SECONDS).orElseThrow().close();
    }

    @Test
    void aReaderThatComesBetweenTheLookAndTheUpgradeIsSeen() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        FileLocks behind = agent(through(proxy, Duration.ofSeconds(5)), "Cleo");
        LockGrant mine = behind.acquire(PATH, PATIENT.shared()).orElseThrow();
        CompletableFuture<LockGrant> between = new CompletableFuture<>();
        proxy.beforeRequest(OpCode.multi, () -> {
            try {
                between.complete(bob.acquire(PATH, PATIENT.shared()).orElseThrow());
            } catch (InterruptedException e) {
                between.completeExceptionally(e);
            }
        });
        assertThat(behind.acquire(PATH, PATIENT)).isInstanceOf(LockResult.UpgradeRefused.class);
        assertThat(between.get(5, TimeUnit.SECONDS).isValid()).isTrue();
        assertThat(mine.mode()).isEqualTo(LockMode.SHARED);
        mine.close();
        between.join().close();
    }

    @Test
    void aStockReaderThatComesBetweenMakesTheUpgradeStepBack() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        FileLocks behind = agent(through(proxy, Duration.ofSeconds(5)), "Cleo");
        LockGrant mine = behind.acquire(PATH, PATIENT.shared()).orElseThrow();
        FencingToken before = mine.token();
        InterProcessReadWriteLock stock = new InterProcessReadWriteLock(application(), lockNode(PATH));
        Thread here = Thread.currentThread();
        Fault fault = proxy.beforeRequest(OpCode.multi, () -> {
            try {
                assertThat(stock.readLock().acquire(5, TimeUnit.SECONDS)).isTrue();
            } catch (Exception e) {
                here.interrupt();
                throw new IllegalStateException(e);
            }
        });
        assertThat(behind.acquire(PATH, PATIENT)).isInstanceOf(LockResult.UpgradeRefused.class);
        fault.await(SOON);
        assertThat(mine.isValid()).isTrue();
        assertThat(mine.mode()).isEqualTo(LockMode.SHARED);
        assertThat(mine.token()).isEqualTo(before);
        assertThat(contenders(PATH)).hasSize(2).allMatch(name -> name.contains("__READ__"));
        mine.close();
        assertThat(contenders(PATH)).hasSize(1);
    }

    @Test
    void aLostReplyOfAConversionIsResolved() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        FileLocks behind = agent(through(proxy, Duration.ofSeconds(5)), "Cleo");
        LockGrant grant = behind.acquire(PATH, PATIENT).orElseThrow();
        Fault lost = proxy.loseReplyTo(OpCode.multi);
        assertThat(downgrade(grant)).isTrue();
        lost.await(SOON);
        assertThat(grant.mode()).isEqualTo(LockMode.SHARED);
        await().until(grant::isValid);
        Fault unsent = proxy.loseRequest(OpCode.multi);
        LockGrant exclusive = behind.acquire(PATH, PATIENT).orElseThrow();
        unsent.await(SOON);
        assertThat(exclusive.mode()).isEqualTo(LockMode.EXCLUSIVE);
        exclusive.close();
        assertThat(grant.release()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(contenders(PATH)).isEmpty();
    }

    @Test
    void aHolderWhoseNodeIsGoneIsToldWhenItConverts() throws Exception {
        LockGrant grant = ada.acquire(PATH, PATIENT).orElseThrow();
        server.client().delete(contender(PATH), -1);
        server.client()
                .create(
                        lockNode(PATH) + "/keeps-the-parent",
                        new byte[0],
                        ZooDefs.Ids.OPEN_ACL_UNSAFE,
                        CreateMode.PERSISTENT);
        assertThat(downgrade(grant)).isFalse();
        assertThat(grant.isValid()).isFalse();
        assertThat(grant.release()).isEqualTo(ReleaseResult.LOST);
    }

    @Test
    void aReleaseDuringAConversionDeletesWhatStandsThen() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        FileLocks behind = agent(through(proxy, Duration.ofSeconds(5)), "Cleo");
        LockGrant grant = behind.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<ReleaseResult> released = new CompletableFuture<>();
        proxy.beforeReply(
                OpCode.multi, () -> grant.releaseAsync().whenComplete((how, failure) -> released.complete(how)));
        grant.downgrade().toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(released.get(10, TimeUnit.SECONDS)).isEqualTo(ReleaseResult.RELEASED);
        assertThat(contenders(PATH)).isEmpty();
    }
}

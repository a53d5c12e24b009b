package io.bumba.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.BumbaConfig;
import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.ZkServer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SessionTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(6);

    private final ZkServer server = ZkServer.shared();
    private final String root = server.freshRoot();
    private final TcpProxy proxy = TcpProxy.to(server);
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong slept = new AtomicLong();
    private final Connection connection = Connection.open(
            BumbaConfig.builder(proxy.connectString())
                    .root(root)
                    .sessionTimeout(TIMEOUT)
                    .build(),
            clock,
            () -> System.nanoTime() + slept.get(),
            state -> {});
    private final Session session = connection.session();

    @AfterEach
    void close() {
        proxy.pass();
        connection.close();
        clock.shutdownNow();
        proxy.close();
    }

    @Test
    void aProcessThatWasPausedFindsItsLeaseRunOutBeforeAnyThreadHasNoticed() throws Exception {
        assertThat(session.isLive()).isTrue();
        // No thread of ours runs: nothing but the clock can tell.
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Future<?> pause = clock.submit(() -> {
            stopped.countDown();
            goOn.await();
            return null;
        });
        stopped.await();
        slept.addAndGet(TIMEOUT.toNanos() * 3 / 4);
        assertThat(session.isLive()).isFalse();
        assertThat(session.state()).isEqualTo(Session.State.LIVE);
        goOn.countDown();
        pause.get();
        await().until(session::isLive);
    }

    @Test
    void aSessionWhoseRequestsGoNowhereIsNotLiveHoweverMuchItStillHears() {
        assertThat(session.isLive()).isTrue();
        long since = System.nanoTime();
        proxy.dropRequests();
        await().atMost(TIMEOUT).until(() -> !session.isLive());
        assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(TIMEOUT);
    }

    @Test
    void anIdleSessionStaysLiveForSeveralTimeouts() {
        AtomicLong seenDead = new AtomicLong();
        long end = System.nanoTime() + TIMEOUT.toNanos() * 2;
        await().atMost(TIMEOUT.multipliedBy(3)).until(() -> {
            if (!session.isLive()) {
                seenDead.incrementAndGet();
            }
            return System.nanoTime() - end > 0;
        });
        assertThat(seenDead).hasValue(0);
    }
}

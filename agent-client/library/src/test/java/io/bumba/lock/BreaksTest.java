package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.event.Event;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Fault;
import io.bumba.testkit.TcpProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BreaksTest extends LockFixture {
    private static final String BY = "the operator";
    private static final String REASON = "it is stuck";

    private final Bumba bumba = direct();
    private final Breaks breaks = bumba.breaks();
    private final Agent ada = bumba.register(AgentSpec.of("Tester", "Ada"));
    private final FileLocks locks = bumba.locks(ada);

    private static BreakRequest request() {
        return BreakRequest.of(PATH, BY, REASON);
    }

    private static boolean readsContender(TcpProxy.Request request) {
        return request.opCode() == OpCode.getData && mentions(request, "@lock/_c_");
    }

    private Optional<BreakRecord> recordOf(FencingToken token) throws Exception {
        return breaks.find(token).get(10, TimeUnit.SECONDS);
    }

    @Test
    void aBreakGivesTheFileToTheWaiterAndTheBrokenHoldersReleaseSaysLost() throws Exception {
        LockGrant held = locks.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<Void> told = new CompletableFuture<>();
        held.onLost(Runnable::run, () -> told.complete(null));
        Bumba other = direct();
        CompletableFuture<LockResult> waiting = agent(other, "Bob").acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        List<Event> events = new CopyOnWriteArrayList<>();
        try (AutoCloseable ignored = other.events().listen(events::add)) {
            BreakResult result = other.breaks().breakLock(request());

            assertThat(result).isInstanceOfSatisfying(BreakResult.Broken.class, broken -> assertThat(broken.ended())
                    .singleElement()
                    .satisfies(ended -> {
                        assertThat(ended.agent()).isEqualTo(ada.id().value());
                        assertThat(ended.mode()).isEqualTo(LockMode.EXCLUSIVE);
                        assertThat(ended.token()).isEqualTo(held.token().zxid());
                    }));
            assertThat(result.message())
                    .contains(PATH.value(), "no longer held by " + ada.id().value());
        }
        LockGrant next = waiting.get(10, TimeUnit.SECONDS).orElseThrow();
        told.get(10, TimeUnit.SECONDS);
        assertThat(held.isValid()).isFalse();
        assertThat(held.release()).isEqualTo(ReleaseResult.LOST);
        assertThat(next.isValid()).isTrue();
        assertThat(next.verify().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isTrue();

        BreakRecord record = recordOf(held.token()).orElseThrow();
        assertThat(record.path()).isEqualTo(PATH.value());
        assertThat(record.by()).isEqualTo(BY);
        assertThat(record.reason()).isEqualTo(REASON);
        assertThat(recordOf(next.token())).isEmpty();
        assertThat(events)
                .filteredOn(Event.LockBroken.class::isInstance)
                .containsExactly(new Event.LockBroken(
                        record.at(), ada.id().value(), PATH, held.token().zxid(), BY, REASON));
        next.close();
    }

    @Test
    void everySharedHolderIsEndedOrOnlyTheOneWithTheToken() throws Exception {
        LockGrant first = locks.acquire(PATH, PATIENT.shared()).orElseThrow();
        LockGrant second = agent(bumba, "Bob").acquire(PATH, PATIENT.shared()).orElseThrow();
        LockGrant third = agent(bumba, "Cid").acquire(PATH, PATIENT.shared()).orElseThrow();

        BreakResult one = breaks.breakLock(request().only(second.token()));
        assertThat(one).isInstanceOfSatisfying(BreakResult.Broken.class, broken -> assertThat(broken.ended())
                .extracting(BreakRecord::token)
                .containsExactly(second.token().zxid()));
        assertThat(contenders(PATH)).hasSize(2);

        BreakResult rest = breaks.breakLock(request());
        assertThat(rest).isInstanceOfSatisfying(BreakResult.Broken.class, broken -> assertThat(broken.ended())
                .extracting(BreakRecord::token)
                .containsExactlyInAnyOrder(first.token().zxid(), third.token().zxid()));
        assertThat(contenders(PATH)).isEmpty();
    }

    @Test
    void whoeverWaitsIsNotTouched() throws Exception {
        LockGrant held = locks.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> inLine = agent(bumba, "Bob").acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        CompletableFuture<LockResult> queued = agent(bumba, "Cid").acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 2);

        breaks.breakLock(request());

        LockGrant next = inLine.get(10, TimeUnit.SECONDS).orElseThrow();
        assertThat(queued).isNotDone();
        next.close();
        queued.get(10, TimeUnit.SECONDS).orElseThrow().close();
        assertThat(held.release()).isEqualTo(ReleaseResult.LOST);
    }

    @Test
    void aBrokenHolderThatHadWaitedLeavesNoWait() throws Exception {
        // A wait that stands without its request is an edge of circles that are not there.
        Bumba other = direct();
        LockGrant first = agent(other, "Bob").acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> waiting = locks.acquireAsync(PATH, PATIENT);
        awaitWaiters(other, PATH, 1);
        first.close();
        LockGrant held = waiting.get(10, TimeUnit.SECONDS).orElseThrow();
        assertThat(other.breaks().breakLock(request())).isInstanceOf(BreakResult.Broken.class);
        await().atMost(SOON).until(() -> !held.isValid());
        String waits = root + "/workspaces/default/waits/" + ada.id().value();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(server.children(waits)).isEmpty());
    }

    @Test
    void aFileThatNobodyHoldsIsNotBroken() {
        BreakResult result = breaks.breakLock(request());
        assertThat(result).isInstanceOf(BreakResult.NotHeld.class);
        assertThat(result.message()).isEqualTo("src/a.js is not held; nothing was changed");
        assertThat(breaks.latest(10)).isEmpty();
    }

    @Test
    void anOldTokenDoesNotTouchTheSuccessor() throws Exception {
        LockGrant old = locks.acquire(PATH, PATIENT).orElseThrow();
        old.close();
        LockGrant successor = agent(bumba, "Bob").acquire(PATH, PATIENT).orElseThrow();

        BreakResult result = breaks.breakLock(request().only(old.token()));

        assertThat(result).isInstanceOf(BreakResult.NotHeld.class);
        assertThat(result.message())
                .contains("not held under token " + old.token(), "Tester-Bob", "token " + successor.token());
        assertThat(recordOf(old.token())).isEmpty();
        assertThat(successor.verify().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isTrue();
        successor.close();
    }

    @Test
    void aHolderThatReleasesBetweenTheLookAndTheBreakIsLeftOutAndItsSuccessorToo() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba operator = through(proxy, Duration.ofSeconds(5));
        LockGrant held = locks.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> waiting = agent(bumba, "Bob").acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        CompletableFuture<LockGrant> next = new CompletableFuture<>();
        Fault fault = proxy.beforeRequest(LockFixture::deletesContender, () -> {
            assertThat(held.release()).isEqualTo(ReleaseResult.RELEASED);
            next.complete(waiting.join().orElseThrow());
        });

        BreakResult result = operator.breaks().breakLock(request());

        fault.await(SOON);
        assertThat(result).isInstanceOf(BreakResult.NotHeld.class);
        assertThat(next.join().verify().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isTrue();
        assertThat(breaks.latest(10)).isEmpty();
        next.join().close();
    }

    @Test
    void twoWhoBreakTheSameGrantEndAndRecordItOnceAndTheSecondHearsOfTheFirst() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba slow = through(proxy, Duration.ofSeconds(5));
        LockGrant held = locks.acquire(PATH, PATIENT).orElseThrow();
        Fault fault = proxy.beforeRequest(LockFixture::deletesContender, () -> assertThat(breaks.breakLock(request()))
                .isInstanceOf(BreakResult.Broken.class));

        BreakResult result = slow.breaks()
                .breakLock(BreakRequest.of(PATH, "another", "other").only(held.token()));

        fault.await(SOON);
        assertThat(result).isInstanceOf(BreakResult.NotHeld.class);
        assertThat(result.message()).contains(BY, REASON);
        assertThat(breaks.latest(10)).extracting(BreakRecord::by).containsExactly(BY);
    }

    enum Loss {
        REQUEST,
        REPLY
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void anUnknownOutcomeIsResolvedByALookAndRecordedOnceAndToldRight(Loss loss) throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba operator = through(proxy, Duration.ofSeconds(5));
        LockGrant held = locks.acquire(PATH, PATIENT).orElseThrow();
        AtomicInteger sent = new AtomicInteger();
        Fault counted = proxy.beforeReply(r -> deletesContender(r) && sent.incrementAndGet() > 1, () -> {});
        Fault fault = loss == Loss.REPLY
                ? proxy.loseReplyTo(LockFixture::deletesContender)
                : proxy.loseRequest(LockFixture::deletesContender);

        BreakResult result = operator.breaks().breakLock(request());

        fault.await(SOON);
        // Only what never arrived is sent again.
        assertThat(counted.hasStruck()).isEqualTo(loss == Loss.REQUEST);
        assertThat(result).isInstanceOfSatisfying(BreakResult.Broken.class, broken -> assertThat(broken.ended())
                .extracting(BreakRecord::token)
                .containsExactly(held.token().zxid()));
        assertThat(breaks.latest(10)).hasSize(1);
        assertThat(contenders(PATH)).isEmpty();
    }

    @Test
    void afterALostReplyABreakOfSomebodyElseIsNotTakenForOurs() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba operator = through(proxy, Duration.ofSeconds(5));
        LockGrant held = locks.acquire(PATH, PATIENT).orElseThrow();
        Fault other = proxy.beforeReply(BreaksTest::readsContender, () -> assertThat(breaks.breakLock(request()))
                .isInstanceOf(BreakResult.Broken.class));
        Fault fault = proxy.loseReplyTo(LockFixture::deletesContender);

        BreakResult result = operator.breaks()
                .breakLock(BreakRequest.of(PATH, "another", "other").only(held.token()));

        other.await(SOON);
        fault.await(SOON);
        assertThat(result).isInstanceOf(BreakResult.NotHeld.class);
        assertThat(breaks.latest(10)).extracting(BreakRecord::by).containsExactly(BY);
    }

    @Test
    void whenNobodyAnswersTheOutcomeIsCalledUnknownAndNothingIsSentLater() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba operator = keep(Bumba.connect(config(proxy.connectString(), Duration.ofSeconds(20))
                .operationTimeout(Duration.ofMillis(700))
                .build()));
        LockGrant held = locks.acquire(PATH, PATIENT).orElseThrow();
        Fault fault = proxy.beforeReply(BreaksTest::readsContender, proxy::dropRequests);

        assertThatExceptionOfType(BumbaException.class)
                .isThrownBy(() -> operator.breaks().breakLock(request()))
                .satisfies(e -> assertThat(e.code()).isEqualTo(BumbaException.Code.UNAVAILABLE))
                .withMessageContaining("is not known");

        fault.await(SOON);
        proxy.pass();
        await().until(operator::isConnected);
        // What would be sent again would follow a write and a read.
        for (int i = 0; i < 3; i++) {
            operator.probe();
        }
        assertThat(held.verify().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isTrue();
        assertThat(breaks.latest(10)).isEmpty();
        held.close();
    }

    @Test
    void aStockMutexIsNamedAndRemovedOnlyWhenItIsMeant() throws Exception {
        CuratorFramework stock = application();
        InterProcessMutex mutex = new InterProcessMutex(stock, lockNode(PATH));
        mutex.acquire();
        assertThat(locks.acquire(PATH, LockOptions.tryNow())).isInstanceOf(LockResult.Held.class);

        BreakResult ours = breaks.breakLock(request());
        assertThat(ours).isInstanceOf(BreakResult.NotHeld.class);
        assertThat(ours.message()).contains("stock InterProcessMutex", "lock-");
        assertThat(contenders(PATH)).hasSize(1);

        CompletableFuture<LockResult> waiting = locks.acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        BreakResult foreign = breaks.breakLock(request().foreignMutex());
        assertThat(foreign).isInstanceOfSatisfying(BreakResult.Broken.class, broken -> assertThat(broken.ended())
                .singleElement()
                .satisfies(ended -> assertThat(ended.agent()).contains("a Curator client")));
        LockGrant next = waiting.get(10, TimeUnit.SECONDS).orElseThrow();
        assertThat(breaks.latest(1)).singleElement().satisfies(r -> assertThat(r.path())
                .isEqualTo(PATH.value()));

        BreakResult again = breaks.breakLock(request().foreignMutex());
        assertThat(again).isInstanceOf(BreakResult.NotHeld.class);
        assertThat(next.isValid()).isTrue();
        next.close();
    }

    @Test
    void theFirstOfSeveralStockMutexesIsTheOneThatHolds() throws Exception {
        locks.acquire(PATH, PATIENT).orElseThrow().close();
        for (String node : List.of("lock-", "_c_00000000-0000-0000-0000-000000000000-lock-")) {
            server.client()
                    .create(
                            lockNode(PATH) + "/" + node,
                            "x".getBytes(StandardCharsets.UTF_8),
                            ZooDefs.Ids.OPEN_ACL_UNSAFE,
                            CreateMode.EPHEMERAL_SEQUENTIAL);
        }

        breaks.breakLock(request().foreignMutex());

        assertThat(contenders(PATH)).singleElement().asString().startsWith("_c_");
        breaks.breakLock(request().foreignMutex());
        assertThat(contenders(PATH)).isEmpty();
    }

    @Test
    void aLeaseThatBeganAnewSinceItWasSeenIsNotEnded() throws Exception {
        LockGrant held =
                locks.acquire(PATH, PATIENT.forAtMost(Duration.ofMinutes(1))).orElseThrow();
        LeasedHold seen = bumba.lockTable().leased().get(0);
        assertThat(seen.agent()).isEqualTo(ada.id().value());
        assertThat(seen.token()).isEqualTo(held.token());
        assertThat(seen.lease()).isEqualTo(Duration.ofMinutes(1));
        String node = contender(PATH);
        server.client().setData(node, server.client().getData(node, false, null), -1);

        assertThat(breaks.expire(seen, BY, REASON)).isInstanceOf(BreakResult.NotHeld.class);
        assertThat(contenders(PATH)).hasSize(1);
        assertThat(breaks.latest(10)).isEmpty();

        LeasedHold again = bumba.lockTable().leased().get(0);
        assertThat(again.changed()).isGreaterThan(seen.changed());
        assertThat(breaks.expire(again, BY, REASON)).isInstanceOf(BreakResult.Broken.class);
        assertThat(contenders(PATH)).isEmpty();
    }

    @Test
    void onlyHoldersWithALeaseAreLeased() throws Exception {
        LockGrant unlimited = locks.acquire(OTHER, PATIENT).orElseThrow();
        LockGrant limited =
                locks.acquire(PATH, PATIENT.forAtMost(Duration.ofMinutes(1))).orElseThrow();
        CompletableFuture<LockResult> inLine =
                agent(bumba, "Bob").acquireAsync(PATH, PATIENT.forAtMost(Duration.ofMinutes(1)));
        awaitWaiters(bumba, PATH, 1);
        CompletableFuture<LockResult> behind =
                agent(bumba, "Cid").acquireAsync(OTHER, PATIENT.forAtMost(Duration.ofMinutes(1)));
        awaitWaiters(bumba, OTHER, 1);

        assertThat(bumba.lockTable().leased()).extracting(LeasedHold::token).containsExactly(limited.token());
        inLine.cancel(true);
        behind.cancel(true);
        unlimited.close();
        limited.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775807", "-1", "0"})
    void aLeaseAndATokenThatNobodyCanHaveHarmNeitherTheTableNorTheOtherLeases(String number) throws Exception {
        LockGrant odd = locks.acquire(PATH, PATIENT).orElseThrow();
        LockGrant leased =
                locks.acquire(OTHER, PATIENT.forAtMost(Duration.ofMinutes(1))).orElseThrow();
        String data = "{\"v\":1,\"agent\":\"x\",\"reason\":\"\",\"leaseMillis\":" + number + ",\"token\":-5}";
        server.client().setData(contender(PATH), data.getBytes(StandardCharsets.UTF_8), -1);

        assertThat(bumba.lockTable().leased()).extracting(LeasedHold::token).containsExactly(leased.token());
        assertThat(bumba.lockTable().read().locks())
                .filteredOn(entry -> entry.path().equals(PATH))
                .flatExtracting(LockEntry::holders)
                .extracting(Holder::token)
                .containsExactly(odd.token());
        odd.close();
        leased.close();
    }

    @Test
    void theLatestRecordsComeFirstAndTheOldestAreDeleted() throws Exception {
        LockGrant longHeld = locks.acquire(PATH, PATIENT).orElseThrow();
        for (int i = 0; i < 4; i++) {
            RepoPath path = RepoPath.of("file" + i);
            locks.acquire(path, PATIENT).orElseThrow();
            breaks.breakLock(BreakRequest.of(path, BY, REASON));
        }
        // Its token is the smallest, its break the latest.
        breaks.breakLock(request().only(longHeld.token()));

        assertThat(breaks.latest(3)).extracting(BreakRecord::path).containsExactly(PATH.value(), "file3", "file2");
        assertThat(breaks.prune(5)).isZero();
        assertThat(breaks.prune(2)).isEqualTo(3);
        assertThat(breaks.latest(10)).extracting(BreakRecord::path).containsExactly(PATH.value(), "file3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "two\nlines", "a\u202eb", "a\u0000b", "a\u2028b", "a\ud800b"})
    void whatIsNoLineOfPlainTextIsRefusedAsReasonAndAsName(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BreakRequest.of(PATH, BY, text))
                .withMessageStartingWith("reason ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BreakRequest.of(PATH, text, REASON))
                .withMessageStartingWith("by ");
    }

    @Test
    void aReasonAndANameHaveALimit() {
        assertThat(BreakRequest.of(PATH, "b".repeat(64), "r".repeat(500)).by()).hasSize(64);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BreakRequest.of(PATH, "b".repeat(65), REASON))
                .withMessage("by has 65 characters, the limit MAX_BY is 64");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BreakRequest.of(PATH, BY, "r".repeat(501)))
                .withMessage("reason has 501 characters, the limit MAX_REASON is 500");
    }
}

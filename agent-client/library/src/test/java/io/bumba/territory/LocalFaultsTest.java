package io.bumba.territory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.lock.FencingToken;
import io.bumba.lock.FileLocks;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockMode;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockResult;
import io.bumba.lock.ReleaseResult;
import io.bumba.path.PathPatterns;
import io.bumba.path.PathSet;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Fault;
import io.bumba.testkit.Jvm;
import io.bumba.testkit.TcpProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Local grants of an owner that is cut off, stopped, or told to stop; and the kinds of requests that it may make. */
@Timeout(120)
class LocalFaultsTest extends TerritoryFixture {
    private static final RepoPath OTHER = RepoPath.of("src/b.js");
    private static final String CLEO = "Cleo";
    private static final String BOB = "Bob";

    private final GrantHistory history = new GrantHistory();
    private final TcpProxy proxy = keep(TcpProxy.to(server));
    private final Bumba there = connect();
    private final Agent bob = agent(there, BOB);

    private TerritoryGrant local(Bumba bumba, Agent agent) throws InterruptedException {
        return bumba.territories(agent)
                .allocate(claim("src/").withLocalGrants())
                .orElseThrow();
    }

    @Test
    void aStoppedOwnerGoesOnWithNothingThatIsValid() throws Exception {
        try (Jvm owner = Jvm.start(LocalOwner.class, server.connectString(), root, "2000")) {
            owner.awaitLine("loops", Duration.ofSeconds(60));
            CompletableFuture<LockResult> waiting =
                    there.locks(bob).acquireAsync(LOGIN, LockOptions.waitUpTo(Duration.ofSeconds(60)));
            assertThat(waiting.get(30, TimeUnit.SECONDS)).isInstanceOf(LockResult.TerritoryForbids.class);
            CompletableFuture<AllocateResult> wanted = there.territories(bob)
                    .allocateAsync(claim("src/").withLocalGrants().waitUpTo(Duration.ofSeconds(60)));
            owner.pause();
            wanted.get(60, TimeUnit.SECONDS).orElseThrow();
            LockGrant theirs = there.locks(bob).acquire(LOGIN, NOW).orElseThrow();
            LockGrant more = there.locks(bob).acquire(OTHER, NOW).orElseThrow();
            history.watch(BOB, theirs, 10);
            history.watch(BOB, more, 10);
            long resumed = System.nanoTime();
            owner.resume();
            owner.awaitLine("lost", Duration.ofSeconds(30));
            history.watch(BOB, theirs, 10);
            history.watch(BOB, more, 10);
            owner.send("report");
            int said = 0;
            for (String line = owner.awaitLine(l -> true, SOON);
                    !line.equals("end");
                    line = owner.awaitLine(l -> true, SOON)) {
                String[] word = line.split(" ", -1);
                if (word[0].equals("SEEN")) {
                    said++;
                    FencingToken token = new FencingToken(Long.parseLong(word[3]), Long.parseLong(word[4]));
                    long last = Long.parseLong(word[6]);
                    GrantHistory.Entry entry =
                            history.seen(CLEO, word[1], LockMode.valueOf(word[2]), token, Long.parseLong(word[5]));
                    history.stillValid(entry, last);
                    assertThat(last).as("seen valid after it went on: %s", line).isLessThan(resumed);
                    assertThat(token).isLessThan(theirs.token()).isLessThan(more.token());
                }
            }
            assertThat(said).as("grants of the owner").isGreaterThan(20);
            history.assertSafe();
        }
    }

    @Test
    void withoutAConnectionRequestsWaitAndGoOnWhenItHeals() throws Exception {
        Bumba bumba = through(proxy, Duration.ofSeconds(20));
        Agent cleo = agent(bumba, CLEO);
        FileLocks locks = bumba.locks(cleo);
        local(bumba, cleo);
        LockGrant held = locks.acquire(LOGIN, NOW).orElseThrow();
        FencingToken before = held.token();
        proxy.refuse();
        await().atMost(SOON).until(() -> !held.isValid());
        CompletableFuture<LockResult> asked = locks.acquireAsync(OTHER, LockOptions.waitUpTo(Duration.ofSeconds(60)));
        assertThat(asked).isNotDone();
        assertThat(held.isValid()).isFalse();
        proxy.pass();
        LockGrant granted = asked.get(20, TimeUnit.SECONDS).orElseThrow();
        assertThat(granted.isValid()).isTrue();
        assertThat(held.isValid()).isTrue();
        assertThat(held.token()).isEqualTo(before);
        granted.close();
        held.close();
    }

    @Test
    void nothingIsGrantedBetweenTheLossOfTheConnectionAndTheEndOfTheSession() throws Exception {
        Bumba bumba = through(proxy, Duration.ofSeconds(3));
        Agent cleo = agent(bumba, CLEO);
        TerritoryGrant territory = local(bumba, cleo);
        CompletableFuture<Void> lost = new CompletableFuture<>();
        try (Looper owner = new Looper(
                history,
                CLEO,
                bumba.locks(cleo),
                LockOptions.waitUpTo(Duration.ofSeconds(1)),
                4,
                List.of(LOGIN, OTHER))) {
            await().atMost(SOON).until(() -> history.of(CLEO).size() > 50);
            territory.onLost(Runnable::run, () -> lost.complete(null));
            // Nothing comes back: it hears of no end of the connection.
            proxy.blackhole();
            try (Looper other = new Looper(history, BOB, there.locks(bob), NOW, 2, List.of(LOGIN, OTHER))) {
                await().atMost(SOON).until(() -> history.of(BOB).size() > 20);
                lost.get(30, TimeUnit.SECONDS);
                proxy.pass();
                int then = history.of(CLEO).size();
                await().atMost(SOON).until(() -> history.of(BOB).size() > 60);
                assertThat(history.of(CLEO)).hasSize(then);
            }
        }
        history.assertSafe();
    }

    @Test
    void whileANewBaseIsOnItsWayNothingIsGrantedUnderTheOldOne() throws Exception {
        Duration session = Duration.ofSeconds(6);
        Bumba bumba = through(proxy, session);
        Agent cleo = agent(bumba, CLEO);
        FileLocks locks = bumba.locks(cleo);
        TerritoryGrant territory = local(bumba, cleo);
        long begun = System.nanoTime();
        // By then the lease is fresh.
        await().atMost(SOON).until(() -> {
            locks.acquire(OTHER, NOW).orElseThrow().close();
            return System.nanoTime() - begun > session.toNanos() / 3;
        });
        territory
                .resize(PathPatterns.of("src/b.js"))
                .toCompletableFuture()
                .get()
                .orElseThrow();
        LockGrant theirs = there.locks(bob).acquire(LOGIN, NOW).orElseThrow();
        theirs.close();
        territory.resize(PathPatterns.of("src/")).toCompletableFuture().get().orElseThrow();
        CountDownLatch based = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        // Of the writes that come now, only the new base writes the record.
        Fault reply = proxy.beforeReply(
                request -> new String(request.frame(), StandardCharsets.ISO_8859_1).contains("\"patterns\""), () -> {
                    based.countDown();
                    awaitQuietly(go);
                });
        CompletableFuture<LockResult> first = locks.acquireAsync(OTHER, NOW);
        assertThat(based.await(20, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<LockResult> second = locks.acquireAsync(LOGIN, NOW);
        go.countDown();
        assertThat(second.get(20, TimeUnit.SECONDS).orElseThrow().token()).isGreaterThan(theirs.token());
        first.get(20, TimeUnit.SECONDS).orElseThrow();
        assertThat(reply.hasStruck()).isTrue();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void afterIdlenessItAsksTheServersFirst() throws Exception {
        Duration session = Duration.ofSeconds(2);
        Bumba bumba = through(proxy, session);
        Agent cleo = agent(bumba, CLEO);
        FileLocks locks = bumba.locks(cleo);
        local(bumba, cleo);
        locks.acquire(LOGIN, NOW).orElseThrow().close();
        long idleSince = System.nanoTime();
        await().atMost(SOON).until(() -> System.nanoTime() - idleSince > session.toNanos());
        Fault asked = proxy.beforeReply(
                request -> new String(request.frame(), StandardCharsets.ISO_8859_1).contains("/owner-"), () -> {});
        LockGrant granted = locks.acquire(LOGIN, NOW).orElseThrow();
        assertThat(asked.hasStruck()).isTrue();
        granted.close();
    }

    @Test
    void whoseOwnershipWasTakenAwayIsGrantedNothing() throws Exception {
        // So long that nothing but the writes notices.
        Bumba bumba = through(proxy, Duration.ofSeconds(40));
        Agent cleo = agent(bumba, CLEO);
        for (boolean used : new boolean[] {false, true}) {
            TerritoryGrant territory = local(bumba, cleo);
            if (used) {
                bumba.locks(cleo).acquire(LOGIN, NOW).orElseThrow();
            }
            String home = root + "/workspaces/default/territories/" + territory.id();
            for (String child : server.children(home)) {
                if (child.startsWith("owner-")) {
                    server.client().delete(home + "/" + child, -1);
                }
            }
            LockResult result = bumba.locks(cleo).acquire(OTHER, NOW);
            assertThat(result.grant().filter(grant -> grant.token().count() > 0))
                    .as("from memory, %s", used ? "by a write" : "by a new base")
                    .isEmpty();
            result.grant().ifPresent(LockGrant::close);
            there.warden().sweep();
        }
    }

    @Test
    void afterARealLockOfItsOwnTheTokensBeginAnew() throws Exception {
        Bumba bumba = connect();
        Agent cleo = agent(bumba, CLEO);
        FileLocks locks = bumba.locks(cleo);
        TerritoryGrant territory = local(bumba, cleo);
        LockGrant turned = locks.acquire(LOGIN, NOW.shared()).orElseThrow();
        territory
                .resize(PathPatterns.of("src/", "lib/"))
                .toCompletableFuture()
                .get()
                .orElseThrow();
        LockGrant elsewhere = locks.acquire(OTHER, NOW).orElseThrow();
        LockGrant raised = locks.acquire(LOGIN, NOW).orElseThrow();
        FencingToken real = raised.token();
        assertThat(real).isGreaterThan(elsewhere.token());
        raised.close();
        turned.close();
        LockGrant again = locks.acquire(LOGIN, NOW).orElseThrow();
        assertThat(again.token().count()).isPositive();
        assertThat(again.token()).isGreaterThan(real);
    }

    @Test
    void anOperatorsEndWaitsForTheOwnersWord() throws Exception {
        Bumba bumba = through(proxy, Duration.ofSeconds(20));
        Agent cleo = agent(bumba, CLEO);
        TerritoryGrant territory = local(bumba, cleo);
        LockGrant held = bumba.locks(cleo).acquire(LOGIN, NOW).orElseThrow();
        proxy.stall();
        assertThat(there.warden().revoke(territory.id(), "root", "at once", Duration.ZERO))
                .isInstanceOf(RevokeResult.Told.class);
        assertThat(there.warden().sweep()).isZero();
        assertThat(territories()).contains(territory.id());
        assertThat(held.isValid()).isTrue();
        assertThat(there.locks(bob).acquire(LOGIN, NOW)).isInstanceOf(LockResult.TerritoryForbids.class);
        history.watch(CLEO, held, 10);
        proxy.pass();
        await().atMost(SOON).until(() -> !territories().contains(territory.id()));
        assertThat(there.locks(bob).acquire(LOGIN, NOW)).isInstanceOf(LockResult.Held.class);
        history.watch(CLEO, held, 10);
        held.close();
        LockGrant theirs = there.locks(bob).acquire(LOGIN, PATIENT).orElseThrow();
        history.watch(BOB, theirs, 10);
        history.assertSafe();
    }

    @Test
    void requestsThatWaitForTheServersTimeOutAndAreCancelled() throws Exception {
        Bumba bumba = through(proxy, Duration.ofSeconds(8));
        Agent cleo = agent(bumba, CLEO);
        FileLocks locks = bumba.locks(cleo);
        local(bumba, cleo);
        // Nothing was granted from memory yet, so it asks.
        proxy.refuse();
        await().atMost(SOON).until(() -> !cleo.session().isLive());
        CompletableFuture<LockResult> impatient =
                locks.acquireAsync(LOGIN, LockOptions.waitUpTo(Duration.ofMillis(200)));
        CompletableFuture<LockResult> cancelled = locks.acquireAsync(OTHER, PATIENT);
        assertThat(impatient.get(20, TimeUnit.SECONDS)).isInstanceOf(LockResult.TimedOut.class);
        assertThat(cancelled.cancel(true)).isTrue();
        proxy.pass();
        locks.acquire(RepoPath.of("src/c.js"), PATIENT).orElseThrow().close();
        assertThat(locks.held()).isEmpty();
    }

    @Test
    void leasesModesAndManyFilesWorkAsWithRealLocks() throws Exception {
        Bumba bumba = connect();
        Agent cleo = agent(bumba, CLEO);
        FileLocks locks = bumba.locks(cleo);
        TerritoryGrant territory = local(bumba, cleo);
        LockGrant leased =
                locks.acquire(LOGIN, NOW.forAtMost(Duration.ofMillis(300))).orElseThrow();
        CompletableFuture<Void> over = new CompletableFuture<>();
        leased.onLost(Runnable::run, () -> over.complete(null));
        over.get(10, TimeUnit.SECONDS);
        assertThat(leased.isValid()).isFalse();
        assertThat(leased.release()).isEqualTo(ReleaseResult.LOST);
        LockGrant shared = locks.acquire(LOGIN, NOW.shared()).orElseThrow();
        assertThat(shared.token()).isGreaterThan(leased.token());
        FencingToken asShared = shared.token();
        LockGrant raised = locks.acquire(LOGIN, NOW).orElseThrow();
        assertThat(raised.token()).isGreaterThan(asShared);
        raised.close();
        assertThat(shared.downgrade().toCompletableFuture().get()).isTrue();
        assertThat(shared.mode()).isEqualTo(LockMode.SHARED);
        territory.local(false).toCompletableFuture().get().orElseThrow();
        assertThat(shared.mode()).isEqualTo(LockMode.SHARED);
        assertThat(shared.isValid()).isTrue();
        shared.close();
    }

    @Test
    void aThousandHoldsBecomeRealBeforeAChange() throws Exception {
        Bumba bumba = connect();
        Agent cleo = agent(bumba, CLEO);
        FileLocks locks = bumba.locks(cleo);
        TerritoryGrant territory = local(bumba, cleo);
        PathSet thousand = PathSet.of(IntStream.range(0, 1_000)
                .mapToObj(i -> RepoPath.of("src/" + i % 7 + "/f" + i))
                .toArray(RepoPath[]::new));
        try (var grants = locks.lockAll(thousand, PATIENT).orElseThrow()) {
            assertThat(grants.grants()).allMatch(grant -> grant.token().count() > 0);
            territory
                    .resize(PathPatterns.of("src/0/"))
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS)
                    .orElseThrow();
            assertThat(grants.grants())
                    .hasSize(1_000)
                    .allMatch(LockGrant::isValid)
                    .allMatch(grant -> grant.token().count() == 0);
            assertThat(there.locks(bob).acquire(RepoPath.of("src/1/f1"), NOW)).isInstanceOf(LockResult.Held.class);
        }
        there.locks(bob).acquire(RepoPath.of("src/1/f1"), PATIENT).orElseThrow().close();
    }
}

package io.bumba.orchestrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockResult;
import io.bumba.territory.Conflict;
import io.bumba.territory.RevokeResult;
import io.bumba.territory.TerritoryGrant;
import io.bumba.testkit.Sessions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DepartmentTest extends OrchestrateFixture {
    private static final AgentSpec LEAD = AgentSpec.of("Lead", "Ada");
    private static final AgentSpec CHILD = AgentSpec.of("Engineer", "Cleo");

    private final Department technical = new Department("technical", here, LEAD);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    {
        keep((AutoCloseable) threads::shutdownNow);
    }

    private void assertNothingIsLeft() {
        assertThat(territories()).isEmpty();
        assertThat(agents()).isEmpty();
        assertThat(here.territories(keep(here.register(LEAD))).held()).isEmpty();
    }

    @Test
    void aSprintRunsInsideItsTerritoryAndEverythingEndsWithIt() throws Exception {
        List<SprintContext> seen = new ArrayList<>();
        SprintResult<String> result = technical.run(claim("src/auth/"), sprint -> {
            seen.add(sprint);
            assertThat(territories()).containsExactly(sprint.territory().id());
            assertThat(sprint.lead().record().department()).isEqualTo("technical");
            assertThat(there.locks(bob).acquire(LOGIN, NOW)).isInstanceOf(LockResult.TerritoryForbids.class);
            sprint.locks().acquire(LOGIN, NOW).orElseThrow();
            sprint.spawn(CHILD);
            assertThat(sprint.isStopped()).isFalse();
            return "done";
        });
        assertThat(result.value()).contains("done");
        assertThat(seen.get(0).isStopped()).isTrue();
        assertThat(seen.get(0).lead().isAlive()).isFalse();
        assertNothingIsLeft();
        there.locks(bob).acquire(LOGIN, NOW).orElseThrow().close();
    }

    @Test
    void aSprintWhoseAreaIsTakenNeverStartsAndIsToldByWhom() throws Exception {
        TerritoryGrant taken =
                there.territories(bob).allocate(claim("src/auth/**")).orElseThrow();
        AtomicBoolean started = new AtomicBoolean();
        SprintResult<String> result = technical.run(claim("docs/", "src/"), sprint -> {
            started.set(true);
            return "";
        });
        assertThat(result).isInstanceOfSatisfying(SprintResult.Blocked.class, blocked -> assertThat(
                        ((SprintResult.Blocked<?>) blocked).conflicts())
                .extracting(Conflict::agent)
                .containsExactly(bob.id().value()));
        assertThat(result.message()).contains(taken.id(), "src/auth/**");
        assertThat(started).isFalse();
        assertThat(territories()).containsExactly(taken.id());
        assertThat(agents()).isEmpty();
    }

    @Test
    void aSprintWaitsForItsAreaWhenAskedTo() throws Exception {
        TerritoryGrant taken = there.territories(bob).allocate(claim("src/")).orElseThrow();
        Call<SprintResult<Boolean>> call =
                new Call<>(() -> technical.run(claim("src/auth/").waitUpTo(LATER), sprint -> taken.isValid()));
        until("it waits", () -> !server.children(root + "/workspaces/default/requests")
                .isEmpty());
        taken.close();
        assertThat(call.get().value()).contains(false);
        assertNothingIsLeft();
    }

    @Test
    void departmentsWithDisjointAreasWorkAtOnce() throws Exception {
        int departments = 4;
        CountDownLatch allAtWork = new CountDownLatch(departments);
        List<CompletableFuture<SprintResult<Integer>>> results = new ArrayList<>();
        for (int i = 0; i < departments; i++) {
            int n = i;
            results.add(new Department("d" + n, n % 2 == 0 ? here : there, LEAD)
                    .runAsync(
                            claim("src/" + n + "/"),
                            sprint -> {
                                allAtWork.countDown();
                                await20s(allAtWork);
                                return n;
                            },
                            threads));
        }
        for (int i = 0; i < departments; i++) {
            assertThat(results.get(i).get(20, TimeUnit.SECONDS).value()).contains(i);
        }
        assertNothingIsLeft();
    }

    /** The counter is not atomic, so two sprints at once would lose a step. */
    @Test
    void departmentsWithOverlappingAreasTakeTurns() throws Exception {
        int[] counter = {0};
        int sprints = 8;
        int steps = 2_000;
        List<CompletableFuture<SprintResult<Integer>>> results = new ArrayList<>();
        for (int i = 0; i < sprints; i++) {
            String own = i % 2 == 0 ? "src/*/login.js" : "src/auth/**";
            results.add(new Department("d" + i, i % 2 == 0 ? here : there, LEAD)
                    .runAsync(
                            claim(own, "own/" + i).waitUpTo(LATER),
                            sprint -> {
                                for (int step = 0; step < steps; step++) {
                                    int read = counter[0];
                                    Thread.onSpinWait();
                                    counter[0] = read + 1;
                                }
                                return counter[0];
                            },
                            threads));
        }
        for (CompletableFuture<SprintResult<Integer>> result : results) {
            assertThat(result.get(60, TimeUnit.SECONDS)).isInstanceOf(SprintResult.Finished.class);
        }
        assertThat(counter[0]).isEqualTo(sprints * steps);
        assertNothingIsLeft();
    }

    @Test
    void whoIsSpawnedIsAdmittedBeforeTheCallReturnsAndEndsWithTheSprint() throws Exception {
        List<Agent> children = new ArrayList<>();
        SprintResult<Boolean> result = technical.run(claim("src/"), sprint -> {
            String node = root + "/workspaces/default/territories/"
                    + sprint.territory().id();
            for (int i = 0; i < 20; i++) {
                Agent child = sprint.spawn(CHILD);
                children.add(child);
                byte[] record = server.client().getData(node, false, null);
                assertThat(new String(record, StandardCharsets.UTF_8))
                        .contains(child.id().value());
            }
            Agent first = children.get(0);
            assertThat(first.record().parent()).contains(sprint.lead().id());
            assertThat(first.record().department()).isEqualTo("technical");
            assertThat(sprint.children()).hasSize(20);
            LockGrant lock = here.locks(first).acquire(LOGIN, NOW).orElseThrow();
            assertThat(here.locks(children.get(1)).acquire(LOGIN, NOW)).isInstanceOf(LockResult.Held.class);
            return lock.isValid();
        });
        assertThat(result.value()).contains(true);
        assertThat(children).noneMatch(Agent::isAlive);
        assertNothingIsLeft();
    }

    @Test
    void nobodyIsSpawnedWhenTheSprintHasEnded() throws Exception {
        List<SprintContext> kept = new ArrayList<>();
        technical.run(claim("src/"), sprint -> {
            kept.add(sprint);
            return "";
        });
        assertThatIllegalStateException()
                .isThrownBy(() -> kept.get(0).spawn(CHILD))
                .withMessageContaining("has ended");
        assertNothingIsLeft();
    }

    @Test
    void nobodyIsSpawnedIntoATerritoryThatIsGone() throws Exception {
        SprintResult<String> result = technical.run(claim("src/"), sprint -> {
            sprint.territory().release();
            sprint.spawn(CHILD);
            return "";
        });
        assertThat(result).isInstanceOfSatisfying(SprintResult.Lost.class, lost -> assertThat(
                        ((SprintResult.Lost<?>) lost).unprotected().message())
                .contains("no longer yours"));
        assertNothingIsLeft();
    }

    @Test
    void aChildSwitchesLocalGrantsOffAndLocksInside() throws Exception {
        SprintResult<Boolean> result = technical.run(claim("src/").withLocalGrants(), sprint -> {
            assertThat(sprint.territory().isLocal()).isTrue();
            LockGrant ours = sprint.locks().acquire(LOGIN, NOW).orElseThrow();
            Agent child = sprint.spawn(CHILD);
            assertThat(here.locks(child).acquire(LOGIN, NOW)).isInstanceOf(LockResult.Held.class);
            ours.close();
            here.locks(child).acquire(LOGIN, NOW).orElseThrow();
            return sprint.territory().isLocal();
        });
        assertThat(result.value()).contains(false);
        assertNothingIsLeft();
    }

    @Test
    void aSprintThatThrowsHasFailedAndNothingIsLeft() throws Exception {
        SprintResult<String> result = technical.run(claim("src/"), sprint -> {
            sprint.spawn(CHILD);
            throw new IOException("no space");
        });
        assertThat(result).isInstanceOfSatisfying(SprintResult.Failed.class, failed -> assertThat(failed.exception())
                .hasMessage("no space"));
        assertNothingIsLeft();
    }

    @Test
    void anErrorIsThrownOnAndNothingIsLeft() {
        assertThatExceptionOfType(StackOverflowError.class)
                .isThrownBy(() -> technical.run(claim("src/"), sprint -> {
                    sprint.spawn(CHILD);
                    throw new StackOverflowError("as if");
                }));
        assertNothingIsLeft();
    }

    @Test
    void anInterruptedSprintLeavesNothingBehind() throws Exception {
        CountDownLatch atWork = new CountDownLatch(1);
        Call<SprintResult<String>> call = new Call<>(() -> technical.run(claim("src/"), sprint -> {
            sprint.spawn(CHILD);
            atWork.countDown();
            new CountDownLatch(1).await();
            return "";
        }));
        await20s(atWork);
        call.interrupt();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(call::get)
                .withCauseInstanceOf(InterruptedException.class);
        assertNothingIsLeft();
    }

    @Test
    void anInterruptThatTheSprintKeepsIsThereAfterwardsAndNothingIsLeft() throws Exception {
        Call<Boolean> call = new Call<>(() -> {
            SprintResult<String> result = technical.run(claim("src/"), sprint -> {
                sprint.spawn(CHILD);
                Thread.currentThread().interrupt();
                return "done";
            });
            assertThat(result.value()).contains("done");
            return Thread.interrupted();
        });
        assertThat(call.get()).isTrue();
        assertNothingIsLeft();
    }

    @Test
    void anInterruptedWaitLeavesNothingBehind() throws Exception {
        TerritoryGrant taken = there.territories(bob).allocate(claim("src/")).orElseThrow();
        Call<SprintResult<String>> call =
                new Call<>(() -> technical.run(claim("src/auth/").waitUpTo(LATER), sprint -> ""));
        until("it waits", () -> !server.children(root + "/workspaces/default/requests")
                .isEmpty());
        call.interrupt();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(call::get)
                .withCauseInstanceOf(InterruptedException.class);
        until("it waits no more", () -> server.children(root + "/workspaces/default/requests")
                .isEmpty());
        assertThat(agents()).isEmpty();
        assertThat(territories()).containsExactly(taken.id());
    }

    @Test
    void aSprintWhoseSessionEndedIsToldToStopAndIsLost() throws Exception {
        SprintResult<String> result = technical.run(claim("src/"), sprint -> {
            Agent child = sprint.spawn(CHILD);
            CountDownLatch told = new CountDownLatch(1);
            sprint.onStop(threads, told::countDown);
            Sessions.expireAtServer(server, sprint.lead().session().id());
            await20s(told);
            assertThat(sprint.isStopped()).isTrue();
            until("the child knows", () -> !child.isAlive());
            return "half";
        });
        assertThat(result).isInstanceOfSatisfying(SprintResult.Lost.class, lost -> assertThat(
                        ((SprintResult.Lost<?>) lost).unprotected().value().orElseThrow())
                .isEqualTo("half"));
        assertThat(result.value()).isEmpty();
        assertThat(agents()).isEmpty();
        there.territories(bob).allocate(claim("src/")).orElseThrow();
    }

    @Test
    void aSprintThatDoesNotLookIsLostAllTheSame() throws Exception {
        SprintResult<String> result = technical.run(claim("src/"), sprint -> {
            String node = root + "/workspaces/default/territories/"
                    + sprint.territory().id();
            String owner = server.children(node).stream()
                    .filter(name -> name.startsWith("owner-"))
                    .findFirst()
                    .orElseThrow();
            delete(node + "/" + owner);
            return "unaware";
        });
        assertThat(result).isInstanceOf(SprintResult.Lost.class);
        assertThat(agents()).isEmpty();
    }

    @Test
    void aSprintWhoseLeadWasEndedIsLost() throws Exception {
        SprintResult<String> result = technical.run(claim("src/"), sprint -> {
            endAgent(sprint.lead());
            until("it is told", sprint::isStopped);
            return "";
        });
        assertThat(result.message()).contains("not to be trusted");
        assertNothingIsLeft();
    }

    @Test
    void aSprintThatReleasesItsTerritoryItselfIsLost() throws Exception {
        SprintResult<String> result = technical.run(claim("src/"), sprint -> {
            assertThat(sprint.territory().release()).isTrue();
            return "";
        });
        assertThat(result).isInstanceOf(SprintResult.Lost.class);
        assertNothingIsLeft();
    }

    @Test
    void aRevokedSprintIsToldAndFinishesInTheGrace() throws Exception {
        SprintResult<String> result = technical.run(claim("src/"), sprint -> {
            RevokeResult revoked =
                    there.warden().revoke(sprint.territory().id(), "operator", "needed elsewhere", LATER);
            assertThat(revoked).isInstanceOf(RevokeResult.Told.class);
            until("it is told", sprint::isStopped);
            return sprint.stopReason().orElseThrow();
        });
        assertThat(result.value().orElseThrow()).contains("operator", "needed elsewhere");
        assertNothingIsLeft();
    }

    @Test
    void aRevokedSprintThatGoesOnBeyondTheGraceIsLost() throws Exception {
        SprintResult<String> result = technical.run(claim("src/"), sprint -> {
            there.warden().revoke(sprint.territory().id(), "operator", "needed elsewhere", Duration.ofMillis(200));
            until("it is gone", () -> territories().isEmpty());
            return "";
        });
        assertThat(result).isInstanceOf(SprintResult.Lost.class);
        assertNothingIsLeft();
    }

    @Test
    void aCancelledWaitLeavesNothingBehind() throws Exception {
        TerritoryGrant taken = there.territories(bob).allocate(claim("src/")).orElseThrow();
        AtomicBoolean started = new AtomicBoolean();
        CompletableFuture<SprintResult<String>> future = technical.runAsync(
                claim("src/auth/").waitUpTo(LATER),
                sprint -> {
                    started.set(true);
                    return "";
                },
                threads);
        until("it waits", () -> !server.children(root + "/workspaces/default/requests")
                .isEmpty());
        future.cancel(true);
        until("its lead has ended", () -> agents().isEmpty());
        until("it waits no more", () -> server.children(root + "/workspaces/default/requests")
                .isEmpty());
        taken.close();
        assertThat(started).isFalse();
        assertNothingIsLeft();
    }

    @Test
    void aCancelledSprintIsToldToStop() throws Exception {
        CountDownLatch atWork = new CountDownLatch(1);
        CompletableFuture<SprintResult<String>> future = technical.runAsync(
                claim("src/"),
                sprint -> {
                    sprint.spawn(CHILD);
                    CountDownLatch told = new CountDownLatch(1);
                    sprint.onStop(Runnable::run, told::countDown);
                    atWork.countDown();
                    await20s(told);
                    return "";
                },
                threads);
        await20s(atWork);
        future.cancel(true);
        until("all has ended", () -> agents().isEmpty() && territories().isEmpty());
        assertThatExceptionOfType(CancellationException.class).isThrownBy(future::join);
        assertNothingIsLeft();
    }

    @Test
    void aSprintWhoseExecutorStopsWhileItWaitsLeavesNothingBehind() throws Exception {
        TerritoryGrant taken = there.territories(bob).allocate(claim("src/")).orElseThrow();
        ExecutorService one = Executors.newSingleThreadExecutor();
        CompletableFuture<SprintResult<String>> future =
                technical.runAsync(claim("src/auth/").waitUpTo(LATER), sprint -> "", one);
        until("it waits", () -> !server.children(root + "/workspaces/default/requests")
                .isEmpty());
        one.shutdown();
        assertThat(one.awaitTermination(20, TimeUnit.SECONDS))
                .as("no thread waits")
                .isTrue();
        taken.close();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> future.get(20, TimeUnit.SECONDS))
                .withCauseInstanceOf(RejectedExecutionException.class);
        assertNothingIsLeft();
    }
}

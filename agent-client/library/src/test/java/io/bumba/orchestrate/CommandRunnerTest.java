package io.bumba.orchestrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.BreakRequest;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockResult;
import io.bumba.path.PathSet;
import io.bumba.testkit.Sessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandRunnerTest extends OrchestrateFixture {
    private static final CommandSpec BARE = CommandSpec.of(AgentSpec.of("Command", "sh"));
    private static final CommandSpec LOCKING = BARE.locking(PathSet.of(LOGIN, README), NOW);
    private static final Duration GRACE = Duration.ofMillis(500);

    @TempDir
    private Path dir;

    private final CommandLimits limits = CommandLimits.DEFAULT.withGrace(GRACE);
    private final CommandRunner runner = keep(new CommandRunner(here, limits));

    private static Program shell(String script) {
        return Program.of("sh", "-c", script);
    }

    private void assertNothingIsLeft() throws InterruptedException {
        assertThat(agents()).isEmpty();
        assertThat(territories()).isEmpty();
        assertThat(runner.running()).isZero();
        there.locks(bob).acquire(LOGIN, NOW).orElseThrow().close();
        there.locks(bob).acquire(README, NOW).orElseThrow().close();
    }

    /** Not a zombie either: in a container without an init nobody may reap it. */
    private static boolean runs(long pid) throws IOException {
        Path stat = Path.of("/proc/" + pid + "/stat");
        try {
            return !Files.readString(stat).contains(") Z ");
        } catch (java.nio.file.NoSuchFileException gone) {
            return false;
        }
    }

    /** The pids that a script has written to this file, when all are there. */
    private List<Long> pids(Path file, int count) {
        until(
                "the program runs",
                () -> Files.exists(file) && Files.readAllLines(file).size() == count);
        try {
            return Files.readAllLines(file).stream().map(Long::valueOf).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void assertNoneRuns(List<Long> pids) throws IOException {
        for (long pid : pids) {
            assertThat(runs(pid)).as("process " + pid).isFalse();
        }
    }

    /** Two processes that would run for an hour, in the file by pid. */
    private Program twoForAnHour(Path file) {
        return shell("sleep 3600 & echo $! >> '" + file + "'; echo $$ >> '" + file + "'; wait");
    }

    // ---- commands of this process
    // ---------------------------------------------------------------------------------

    @Test
    void everyCommandHasATemporaryAgentOfItsOwnThatEndsWithIt() throws Exception {
        List<Agent> seen = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            CommandResult<Integer> result = runner.run(BARE, command -> {
                seen.add(command.agent());
                assertThat(command.agent().record().temporary()).isTrue();
                assertThat(agents()).containsExactly(command.agent().id().value());
                command.locks().acquire(LOGIN, NOW).orElseThrow();
                return seen.size();
            });
            assertThat(result.value()).contains(i + 1);
            assertNothingIsLeft();
        }
        assertThat(seen).doesNotHaveDuplicates().noneMatch(Agent::isAlive);
    }

    @Test
    void aCommandThatThrowsLeavesNothingBehind() throws Exception {
        CommandResult<String> result = runner.run(LOCKING, command -> {
            throw new IOException("no space");
        });
        assertThat(result).isInstanceOf(CommandResult.Failed.class);
        assertThat(result.message()).contains("no space");
        assertNothingIsLeft();
        assertThatExceptionOfType(StackOverflowError.class)
                .isThrownBy(() -> runner.run(LOCKING, command -> {
                    throw new StackOverflowError("as if");
                }));
        assertNothingIsLeft();
    }

    @Test
    void anInterruptedCommandLeavesNothingBehind() throws Exception {
        CountDownLatch atWork = new CountDownLatch(1);
        Call<CommandResult<String>> call = new Call<>(() -> runner.run(LOCKING, command -> {
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
    void aCommandHoldsAllItsLocksOrNeverStarts() throws Exception {
        CommandResult<Integer> result = runner.run(LOCKING, command -> {
            assertThat(there.locks(bob).acquire(LOGIN, NOW)).isInstanceOf(LockResult.Held.class);
            return command.grants().orElseThrow().grants().size();
        });
        assertThat(result.value()).contains(2);
        assertNothingIsLeft();
        LockGrant taken = there.locks(bob).acquire(README, NOW).orElseThrow();
        CommandResult<String> refused = runner.run(LOCKING, command -> "ran");
        assertThat(refused).isInstanceOf(CommandResult.Refused.class);
        assertThat(refused.message()).contains("README.md", bob.id().value());
        taken.close();
        assertNothingIsLeft();
    }

    @Test
    void aCommandHoldsATerritoryOrNeverStarts() throws Exception {
        CommandResult<String> result = runner.run(BARE.inside(claim("src/")), command -> {
            assertThat(there.locks(bob).acquire(LOGIN, NOW)).isInstanceOf(LockResult.TerritoryForbids.class);
            return command.territory().orElseThrow().id();
        });
        assertThat(result.value()).isPresent();
        assertNothingIsLeft();
        try (LockGrant taken = there.locks(bob).acquire(LOGIN, NOW).orElseThrow()) {
            CommandResult<String> refused = runner.run(BARE.inside(claim("src/")), command -> "ran");
            assertThat(refused).isInstanceOf(CommandResult.Refused.class);
            assertThat(refused.message()).contains(taken.path().value());
        }
        assertNothingIsLeft();
    }

    @Test
    void aCommandWhoseLockIsBrokenIsToldAndLost() throws Exception {
        CommandResult<String> result = runner.run(LOCKING, command -> {
            there.breaks().breakLock(BreakRequest.of(LOGIN, "operator", "stuck"));
            until("it is told", command::isStopped);
            return "half";
        });
        assertThat(result).isInstanceOfSatisfying(CommandResult.Lost.class, lost -> assertThat(
                        ((CommandResult.Lost<?>) lost).unprotected().value().orElseThrow())
                .isEqualTo("half"));
        assertThat(result.message()).contains(LOGIN.value());
        assertNothingIsLeft();
    }

    @Test
    void aCommandThatDoesNotLookIsLostAllTheSame() throws Exception {
        LockOptions leased = NOW.forAtMost(Duration.ofMillis(200));
        CommandResult<String> result = runner.run(BARE.locking(PathSet.of(LOGIN), leased), command -> {
            until("another has the file", () -> {
                LockResult other = there.locks(bob).acquire(LOGIN, NOW);
                other.grant().ifPresent(LockGrant::close);
                return other.grant().isPresent();
            });
            return "unaware";
        });
        assertThat(result).isInstanceOf(CommandResult.Lost.class);
        assertNothingIsLeft();
    }

    @Test
    void aCommandWhoseAgentWasEndedIsLost() throws Exception {
        CommandResult<String> result = runner.run(BARE, command -> {
            endAgent(command.agent());
            until("it is told", command::isStopped);
            return "";
        });
        assertThat(result).isInstanceOf(CommandResult.Lost.class);
        assertNothingIsLeft();
    }

    // ---- limits
    // ---------------------------------------------------------------------------------------------------

    @Test
    void commandsBeyondTheLimitWaitAndAreThenRefusedByItsName() throws Exception {
        CommandRunner two = keep(new CommandRunner(here, limits.atMost(2).waiting(Duration.ofMillis(100))));
        CountDownLatch atWork = new CountDownLatch(2);
        CountDownLatch end = new CountDownLatch(1);
        List<Call<CommandResult<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            calls.add(new Call<>(() -> two.run(BARE, command -> {
                atWork.countDown();
                await20s(end);
                return "";
            })));
        }
        await20s(atWork);
        assertThatExceptionOfType(BumbaException.class)
                .isThrownBy(() -> two.run(BARE, command -> ""))
                .withMessageContaining("maxCommands is 2")
                .satisfies(e -> assertThat(e.code()).isEqualTo(BumbaException.Code.LIMIT));
        assertThat(agents()).hasSize(2);
        end.countDown();
        for (Call<CommandResult<String>> call : calls) {
            call.get();
        }
        assertThat(two.run(BARE, command -> "free again").value()).isPresent();
    }

    @Test
    void badLimitsAreRefusedByName() {
        assertThatIllegalArgumentException().isThrownBy(() -> limits.atMost(0)).withMessageContaining("maxCommands 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Program.of("true").capturing(0))
                .withMessageContaining("maxOutputBytes 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Program.of("true").forAtMost(Duration.ZERO))
                .withMessageContaining("time limit");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LOCKING.inside(claim("src/")))
                .withMessageContaining("not both");
    }

    // ---- programs
    // -------------------------------------------------------------------------------------------------

    @Test
    void aProgramFindsItsAgentAndItsTokensAndItsExitCodeIsPassedOn() throws Exception {
        ProgramResult result = runner.run(
                LOCKING,
                shell(
                                "echo \"$BUMBA_AGENT\"; echo \"$BUMBA_TOKENS\"; echo \"[$BUMBA_SESSION]\"; pwd; echo $OURS >&2; exit 7")
                        .in(dir)
                        .with(Map.of("OURS", "yes", "BUMBA_AGENT", "forged", "BUMBA_SESSION", "another's")));
        assertThat(result).isInstanceOfSatisfying(ProgramResult.Exited.class, exited -> assertThat(exited.code())
                .isEqualTo(7));
        List<String> lines = result.out().text().lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.get(0)).startsWith("Command-sh-");
        assertThat(lines.get(1)).matches("README\\.md=[1-9][0-9]*");
        assertThat(lines.get(2)).matches("src/auth/login\\.js=[1-9][0-9]*");
        assertThat(lines.get(3)).isEqualTo("[]");
        assertThat(Path.of(lines.get(4)).toRealPath()).isEqualTo(dir.toRealPath());
        assertThat(result.err().text()).isEqualTo("yes\n");
        assertNothingIsLeft();
    }

    @Test
    void outputBeyondTheLimitIsCountedAndNotKept() throws Exception {
        ProgramResult result = runner.run(
                BARE, shell("head -c 300000 /dev/zero; printf abc >&2").capturing(1_000));
        assertThat(result).isInstanceOf(ProgramResult.Exited.class);
        assertThat(result.out()).isEqualTo(new Printed("\0".repeat(1_000), 300_000, true));
        assertThat(result.err()).isEqualTo(new Printed("abc", 3, false));
    }

    @Test
    void aProgramThatIsNotThereIsNotStarted() throws Exception {
        ProgramResult result = runner.run(LOCKING, Program.of("no-such-program-here"));
        assertThat(result).isInstanceOf(ProgramResult.NotStarted.class);
        assertThat(result.message()).contains("no-such-program-here");
        assertNothingIsLeft();
    }

    @Test
    void aProgramIsNotStartedWithoutItsLocks() throws Exception {
        Path mark = dir.resolve("mark");
        LockGrant taken = there.locks(bob).acquire(README, NOW).orElseThrow();
        assertThat(runner.run(LOCKING, Program.of("touch", mark.toString()))).isInstanceOf(ProgramResult.Refused.class);
        assertThat(mark).doesNotExist();
        taken.close();
        assertNothingIsLeft();
    }

    @Test
    void aProgramIsEndedWithItsDescendantsWhenItsTimeIsOver() throws Exception {
        Path file = dir.resolve("pids");
        ProgramResult result = runner.run(LOCKING, twoForAnHour(file).forAtMost(Duration.ofSeconds(1)));
        assertThat(result).isInstanceOf(ProgramResult.TimedOut.class);
        assertNoneRuns(pids(file, 2));
        assertNothingIsLeft();
    }

    @Test
    void aProgramThatIgnoresTermIsKilledAfterTheGrace() throws Exception {
        Path file = dir.resolve("pids");
        ProgramResult result = runner.run(
                BARE,
                shell("trap '' TERM; echo $$ >> '" + file + "'; while :; do sleep 1; done")
                        .forAtMost(Duration.ofSeconds(1)));
        assertThat(result).isInstanceOf(ProgramResult.TimedOut.class);
        assertNoneRuns(pids(file, 1));
    }

    @Test
    void aProgramIsEndedWhenALockIsLost() throws Exception {
        Path file = dir.resolve("pids");
        Call<ProgramResult> call = new Call<>(() -> runner.run(LOCKING, twoForAnHour(file)));
        List<Long> pids = pids(file, 2);
        there.breaks().breakLock(BreakRequest.of(LOGIN, "operator", "stuck"));
        assertThat(call.get()).isInstanceOf(ProgramResult.Lost.class);
        assertNoneRuns(pids);
        assertNothingIsLeft();
    }

    @Test
    void aProgramIsEndedWhenItsAgentIsEndedOrItsSession() throws Exception {
        Path first = dir.resolve("first");
        Call<ProgramResult> ended = new Call<>(() -> runner.run(BARE, twoForAnHour(first)));
        List<Long> pids = pids(first, 2);
        delete(root + "/agents/" + agents().get(0));
        assertThat(ended.get()).isInstanceOf(ProgramResult.Lost.class);
        assertNoneRuns(pids);
        Agent any = here.register(AgentSpec.of("Tester", "Any"));
        Path second = dir.resolve("second");
        Call<ProgramResult> expired = new Call<>(() -> runner.run(BARE.inside(claim("src/")), twoForAnHour(second)));
        pids = pids(second, 2);
        Sessions.expireAtServer(server, any.session().id());
        assertThat(expired.get()).isInstanceOf(ProgramResult.Lost.class);
        assertNoneRuns(pids);
        there.territories(bob).allocate(claim("src/")).orElseThrow().close();
        assertNothingIsLeft();
    }

    @Test
    void aProgramIsStoppedWhenItsTerritoryIsRevoked() throws Exception {
        Path file = dir.resolve("pids");
        Call<ProgramResult> call = new Call<>(() -> runner.run(BARE.inside(claim("src/")), twoForAnHour(file)));
        List<Long> pids = pids(file, 2);
        there.warden().revoke(territories().get(0), "operator", "needed elsewhere", LATER);
        ProgramResult result = call.get();
        assertThat(result).isInstanceOf(ProgramResult.Stopped.class);
        assertThat(result.message()).contains("operator", "needed elsewhere");
        assertNoneRuns(pids);
        assertNothingIsLeft();
    }

    @Test
    void aProgramIsEndedWhenItsCallerIsInterrupted() throws Exception {
        Path file = dir.resolve("pids");
        Call<ProgramResult> call = new Call<>(() -> runner.run(LOCKING, twoForAnHour(file)));
        List<Long> pids = pids(file, 2);
        call.interrupt();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(call::get)
                .withCauseInstanceOf(InterruptedException.class);
        assertNoneRuns(pids);
        assertNothingIsLeft();
    }

    @Test
    void closingEndsWhatRunsAndRefusesWhatComes() throws Exception {
        Path file = dir.resolve("pids");
        Call<ProgramResult> program = new Call<>(() -> runner.run(LOCKING, twoForAnHour(file)));
        Call<CommandResult<String>> work = new Call<>(() -> runner.run(BARE, command -> {
            CountDownLatch told = new CountDownLatch(1);
            command.onStop(Runnable::run, told::countDown);
            await20s(told);
            return command.stopReason().orElseThrow();
        }));
        List<Long> pids = pids(file, 2);
        until("both run", () -> runner.running() == 2);
        runner.close();
        assertThat(program.get()).isInstanceOf(ProgramResult.Stopped.class);
        assertThat(work.get().value().orElseThrow()).contains("closed");
        assertNoneRuns(pids);
        assertThatIllegalStateException()
                .isThrownBy(() -> runner.run(BARE, command -> ""))
                .withMessageContaining("closed");
        assertNothingIsLeft();
    }
}

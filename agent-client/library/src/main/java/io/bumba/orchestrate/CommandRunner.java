package io.bumba.orchestrate;

import io.bumba.Bumba;
import io.bumba.BumbaException;
import io.bumba.lock.LockAllResult;
import io.bumba.territory.AllocateResult;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Gives every command an agent of its own, with the locks or the territory that it asks for, and ends all of them with the
 * command.
 *
 * <p>A command starts only when it has what it asks for. Whatever it does, throwing an Error and being interrupted included,
 * its agent has ended and nothing is held when the answer is there; what ZooKeeper does not confirm by then goes on in the
 * background. A program is ended, with its descendants (TERM, and after the grace KILL), when its agent, a lock or the
 * territory is lost or revoked, when its time is over, when the calling thread is interrupted, and by {@link #close}; code
 * in this process is told ({@link CommandContext#isStopped}).
 *
 * <pre>{@code
 * try (CommandRunner runner = new CommandRunner(bumba, CommandLimits.DEFAULT)) {
 *     CommandSpec spec = CommandSpec.of(AgentSpec.of("Command", "format")).locking(files, LockOptions.waitDefault());
 *     ProgramResult result = runner.run(spec, Program.of("make", "format").forAtMost(Duration.ofMinutes(5)));
 *     System.out.println(result.message());
 * }
 * }</pre>
 *
 * <p>A program finds its agent's id in {@link #AGENT_VARIABLE} and in {@link #TOKENS_VARIABLE} a line {@code PATH=TOKEN} for
 * each lock. What remains: a descendant whose parent has ended is not found and not ended, nor is one that outlives a
 * program which ended by itself; and when this process is killed nobody ends its programs.
 *
 * <p>Thread-safe; each command runs on its caller's thread, or its caller's thread waits for it.
 */
public final class CommandRunner implements AutoCloseable {
    /** In the environment of a program: the id of its agent. */
    public static final String AGENT_VARIABLE = "BUMBA_AGENT";

    /** In the environment of a program: its locks' fencing tokens. */
    public static final String TOKENS_VARIABLE = "BUMBA_TOKENS";

    private static final Duration MARGIN = Duration.ofSeconds(10);

    private final Bumba bumba;
    private final CommandLimits limits;
    private final Places places;

    /** @param bumba stays open while commands run, and is not closed here */
    public CommandRunner(Bumba bumba, CommandLimits limits) {
        this.bumba = bumba;
        this.limits = limits;
        this.places = new Places(limits.maxCommands());
    }

    /**
     * Runs code of this process, on this thread.
     *
     * @throws InterruptedException when interrupted while waiting, or when the work throws it; nothing is left behind
     * @throws BumbaException LIMIT when {@code maxCommands} are running and none ends in time, or another limit is passed;
     *     UNAVAILABLE when the servers do not answer before it starts
     * @throws IllegalStateException when this is closed
     */
    public <T> CommandResult<T> run(CommandSpec spec, CommandWork<T, ?> work) throws InterruptedException {
        CommandEnding<CommandResult<T>> ending = new CommandEnding<>() {
            @Override
            public CommandResult<T> refused(String why) {
                return new CommandResult.Refused<>(why);
            }

            @Override
            public CommandResult<T> lost(String why, CommandResult<T> unprotected) {
                return new CommandResult.Lost<>(why, unprotected);
            }
        };
        return inPlace(spec, ending, (assignment, held) -> {
            try {
                return new CommandResult.Finished<>(work.run(new CommandContext(bumba, assignment, held)));
            } catch (Exception e) {
                if (e instanceof InterruptedException interrupted) {
                    throw interrupted;
                }
                return new CommandResult.Failed<>(e);
            }
        });
    }

    /**
     * Runs a program, and waits for its end.
     *
     * @throws InterruptedException when interrupted; the program has ended, and nothing is left behind
     * @throws BumbaException LIMIT when {@code maxCommands} are running and none ends in time, or another limit is passed;
     *     UNAVAILABLE when the servers do not answer before it starts
     * @throws IllegalStateException when this is closed
     */
    public ProgramResult run(CommandSpec spec, Program program) throws InterruptedException {
        CommandEnding<ProgramResult> ending = new CommandEnding<>() {
            @Override
            public ProgramResult refused(String why) {
                return new ProgramResult.Refused(why);
            }

            @Override
            public ProgramResult lost(String why, ProgramResult unprotected) {
                return unprotected instanceof ProgramResult.NotStarted
                        ? unprotected
                        : new ProgramResult.Lost(why, unprotected.out(), unprotected.err());
            }
        };
        return inPlace(spec, ending, (assignment, held) -> {
            Optional<String> stopped = assignment.stop().why();
            if (stopped.isPresent()) {
                return new ProgramResult.Stopped(stopped.get(), Printed.NOTHING, Printed.NOTHING);
            }
            RunningProgram running;
            try {
                running = RunningProgram.start(program, assignment.agent().id().value(), held.tokens());
            } catch (IOException e) {
                return new ProgramResult.NotStarted(String.valueOf(e.getMessage()));
            }
            return running.see(assignment.stop(), program.timeLimit(), limits.grace());
        });
    }

    /** How many commands have a place now. */
    public int running() {
        return places.running();
    }

    /**
     * Takes no more commands, tells all that run to stop, and waits until they have ended: programs do within the grace.
     *
     * @throws IllegalStateException when work of this process does not stop in time; it goes on
     */
    @Override
    public void close() {
        places.close();
        int left;
        try {
            left = places.awaitEmpty(
                    limits.grace().plus(bumba.sessionTimeout().multipliedBy(4)).plus(MARGIN));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            left = places.running();
        }
        if (left > 0) {
            throw new IllegalStateException(left + " commands have been told to stop and have not ended yet");
        }
    }

    private <R> R inPlace(CommandSpec spec, CommandEnding<R> ending, Body<R> body) throws InterruptedException {
        Stop place = places.take(limits.patience());
        try {
            return assigned(Assignment.begin(bumba, spec.agent(), place), spec, ending, body);
        } finally {
            places.leave(place);
        }
    }

    private <R> R assigned(Assignment assignment, CommandSpec spec, CommandEnding<R> ending, Body<R> body)
            throws InterruptedException {
        Optional<String> lost = Optional.empty();
        Got got;
        R result;
        try {
            got = get(assignment, spec);
            result = got.refusal().isPresent() ? ending.refused(got.refusal().get()) : body.run(assignment, got.held());
        } finally {
            lost = assignment.end();
        }
        return lost.isPresent() && got.refusal().isEmpty() ? ending.lost(lost.get(), result) : result;
    }

    private Got get(Assignment assignment, CommandSpec spec) throws InterruptedException {
        if (spec.territory().isPresent()) {
            AllocateResult answer = bumba.territories(assignment.agent())
                    .allocate(spec.territory().get());
            answer.grant()
                    .ifPresent(grant ->
                            assignment.hold(new TerritoryTenure(grant, assignment.agent(), assignment.patience())));
            return answer.grant().isPresent()
                    ? new Got(new Held(Optional.empty(), answer.grant()), Optional.empty())
                    : new Got(Held.NOTHING, Optional.of(answer.message()));
        }
        if (spec.locks().size() > 0) {
            LockAllResult answer = bumba.locks(assignment.agent()).lockAll(spec.locks(), spec.options());
            answer.grants().ifPresent(grants -> assignment.hold(new LockTenure(grants, assignment.patience())));
            return answer.grants().isPresent()
                    ? new Got(new Held(answer.grants(), Optional.empty()), Optional.empty())
                    : new Got(Held.NOTHING, Optional.of(answer.message()));
        }
        return new Got(Held.NOTHING, Optional.empty());
    }

    /** What was got, or why not all of it. */
    private record Got(Held held, Optional<String> refusal) {}

    /** What runs when everything is there. */
    private interface Body<R> {
        R run(Assignment assignment, Held held) throws InterruptedException;
    }

    /** The answers that do not come from the command itself. */
    private interface CommandEnding<R> {
        R refused(String why);

        R lost(String why, R unprotected);
    }
}

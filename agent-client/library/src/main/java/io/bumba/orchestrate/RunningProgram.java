package io.bumba.orchestrate;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A program from its start to its end; one thread starts it and sees it end. */
final class RunningProgram {
    /** How long the rest of its output is waited for when it has ended. */
    private static final Duration DRAIN = Duration.ofSeconds(2);

    /** Tells of the agent that this process itself may run as: it is not the program's. */
    private static final String SESSION_VARIABLE = "BUMBA_SESSION";

    private static final Logger LOG = LoggerFactory.getLogger(RunningProgram.class);

    private final Process process;
    private final Optional<Capture> out;
    private final Optional<Capture> err;

    private RunningProgram(Process process, Program.Output output) {
        this.process = process;
        if (output instanceof Program.Output.Capture capture) {
            out = Optional.of(Capture.start(process.getInputStream(), capture.maxOutputBytes()));
            err = Optional.of(Capture.start(process.getErrorStream(), capture.maxOutputBytes()));
        } else {
            out = Optional.empty();
            err = Optional.empty();
        }
    }

    static RunningProgram start(Program program, String agent, String tokens) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.command());
        program.directory().ifPresent(directory -> builder.directory(directory.toFile()));
        Map<String, String> environment = builder.environment();
        environment.putAll(program.environment());
        environment.remove(SESSION_VARIABLE);
        environment.put(CommandRunner.AGENT_VARIABLE, agent);
        environment.put(CommandRunner.TOKENS_VARIABLE, tokens);
        boolean inherits = program.output() instanceof Program.Output.Inherit;
        if (inherits) {
            builder.inheritIO();
        }
        Process process = builder.start();
        try {
            if (!inherits) {
                closeStdin(process);
            }
            return new RunningProgram(process, program.output());
        } catch (RuntimeException | Error e) {
            new ProcessTree(process).end(Duration.ZERO);
            throw e;
        }
    }

    private static void closeStdin(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            LOG.debug("a program ended before its stdin was closed", e);
        }
    }

    /** Waits for its end, the word to stop, or the end of its time, and ends it in the last two cases; also when interrupted. */
    ProgramResult see(Stop stop, Optional<Duration> limit, Duration grace) throws InterruptedException {
        CompletableFuture<Object> either = CompletableFuture.anyOf(process.onExit(), stop.word());
        boolean timedOut = false;
        boolean ended = false;
        try {
            if (limit.isPresent()) {
                either.get(limit.get().toNanos(), TimeUnit.NANOSECONDS);
            } else {
                either.get();
            }
        } catch (TimeoutException e) {
            timedOut = true;
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for a process failed", e);
        } finally {
            // Whatever ended the wait; of a program that has ended by itself nothing is left to end.
            if (process.isAlive()) {
                ended = true;
                new ProcessTree(process).end(grace);
            }
        }
        Printed printedOut = printed(out);
        Printed printedErr = printed(err);
        if (!ended) {
            return new ProgramResult.Exited(process.exitValue(), printedOut, printedErr);
        }
        return timedOut
                ? new ProgramResult.TimedOut(limit.orElseThrow(), printedOut, printedErr)
                : new ProgramResult.Stopped(stop.why().orElseThrow(), printedOut, printedErr);
    }

    private static Printed printed(Optional<Capture> capture) throws InterruptedException {
        return capture.isPresent() ? capture.get().printed(DRAIN) : Printed.NOTHING;
    }
}

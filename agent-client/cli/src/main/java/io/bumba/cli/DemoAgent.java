package io.bumba.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A {@link DemoAgentCommand} in a process of its own, as the demo sees it. Thread-safe. */
final class DemoAgent {
    private final int number;
    private final Process process;
    private final Path log;
    private final List<String> told = new ArrayList<>();
    private volatile long edits;
    private boolean ended;

    private DemoAgent(int number, Process process, Path log) {
        this.number = number;
        this.process = process;
        this.log = log;
    }

    /** Starts it and listens to it; its stderr goes to the log. */
    static DemoAgent start(int number, List<String> command, Path log, DemoProcesses processes) throws IOException {
        Process process = processes.start(new ProcessBuilder(command).redirectError(log.toFile()));
        DemoAgent agent = new DemoAgent(number, process, log);
        Thread listener = new Thread(agent::listen, "demo-agent-" + number);
        listener.setDaemon(true);
        listener.start();
        return agent;
    }

    int number() {
        return number;
    }

    long pid() {
        return process.pid();
    }

    /** How many edits it has acknowledged, as far as it told. */
    long edits() {
        return edits;
    }

    void order(String line) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    void kill() {
        process.destroyForcibly();
    }

    /** SIGSTOP or SIGCONT. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    /**
     * Waits until it told something that begins so.
     *
     * @throws CliException when it ends first, or takes longer
     */
    synchronized String await(Duration most, String... beginnings) throws InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        while (true) {
            Optional<String> line = find(beginnings);
            if (line.isPresent()) {
                return line.get();
            }
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (ended || left <= 0) {
                throw new CliException(
                        ExitCode.PROBLEM,
                        "agent " + number + (ended ? " ended" : " did not answer in " + Durations.words(most))
                                + " before it said '" + beginnings[0] + "'; see " + log + " (kept with --keep)");
            }
            wait(left);
        }
    }

    boolean waitFor(Duration most) throws InterruptedException {
        return process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Everything it told but its counts. */
    synchronized List<String> told() {
        return List.copyOf(told);
    }

    private Optional<String> find(String... beginnings) {
        for (String line : told) {
            for (String beginning : beginnings) {
                if (line.startsWith(beginning)) {
                    return Optional.of(line);
                }
            }
        }
        return Optional.empty();
    }

    private void listen() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            @Nullable String line = out.readLine();
            while (line != null) {
                hear(line);
                line = out.readLine();
            }
        } catch (IOException e) {
            // Its pipe broke, as when it is killed: the same as its end.
        }
        synchronized (this) {
            ended = true;
            notifyAll();
        }
    }

    private synchronized void hear(String line) {
        if (line.startsWith("edits ")) {
            edits = Long.parseLong(line.substring(6));
        } else {
            told.add(line);
            notifyAll();
        }
    }
}

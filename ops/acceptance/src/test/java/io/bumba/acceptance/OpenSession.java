package io.bumba.acceptance;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A {@code bumba session} around a command that waits until it is closed; what runs inside it has no Java to start. */
final class OpenSession implements AutoCloseable {
    private final Machine machine;
    private final Running running;
    private final String agent;
    private final Path socket;

    private OpenSession(Machine machine, Running running) {
        this.machine = machine;
        this.running = running;
        String[] said = running.out().split("\n", -1);
        this.agent = said[0];
        this.socket = Path.of(said[1]);
    }

    static OpenSession start(Machine machine, String... options) {
        List<String> words = new ArrayList<>(List.of("session"));
        words.addAll(Arrays.asList(options));
        words.addAll(List.of(
                "--", "sh", "-c", "echo \"$BUMBA_AGENT\"; echo \"$BUMBA_SESSION\"; echo ready; read line; exit 7"));
        Running running = machine.start(words.toArray(String[]::new)).awaitOut("ready\n");
        return new OpenSession(machine, running);
    }

    Running running() {
        return running;
    }

    String agent() {
        return agent;
    }

    Path socket() {
        return socket;
    }

    /** Starts {@code bumba} with these words as a program inside the session would. */
    Running start(String... words) {
        return Running.start(inside(machine.command(words)));
    }

    /** Runs it to its end. */
    Running run(String... words) {
        Running run = start(words).endOfInput();
        run.exitCode();
        return run;
    }

    int code(String... words) {
        try (Running run = run(words)) {
            return run.exitCode();
        }
    }

    ProcessBuilder inside(ProcessBuilder builder) {
        builder.environment().put("BUMBA_SESSION", socket.toString());
        builder.environment().put("JAVA_HOME", "/nonexistent");
        return builder;
    }

    @Override
    public void close() {
        // Its stdin ends, so the command does, and the session removes its socket.
        running.endOfInput();
        running.exitCode();
        running.close();
    }
}

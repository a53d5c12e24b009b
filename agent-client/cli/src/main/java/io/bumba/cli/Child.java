package io.bumba.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The command that runs under the locks, with our own stdin, stdout and stderr. Thread-safe.
 *
 * <p>What remains: a descendant that has left its parents before {@link #end} looks is not found, and when this process
 * is killed by SIGKILL nobody ends the command.
 */
final class Child {
    private final Process process;

    private Child(Process process) {
        this.process = process;
    }

    /** @throws CliException NOT_FOUND or NOT_EXECUTABLE */
    static Child start(List<String> command, Map<String, String> more) {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(more);
        restoreLocale(builder.environment());
        try {
            return new Child(builder.start());
        } catch (IOException e) {
            throw CommandFinder.failure(command.get(0), e);
        }
    }

    /** The start script may have set a locale for this JVM; the command gets the user's own. */
    private static void restoreLocale(Map<String, String> env) {
        String saved = env.remove("BUMBA_SAVED_LC_ALL");
        if (saved != null) {
            if (saved.isEmpty()) {
                env.remove("LC_ALL");
            } else {
                env.put("LC_ALL", saved);
            }
        }
        env.remove("BUMBA_HOME");
    }

    /** Its exit code; 128+n when signal n ended it. */
    int waitFor() throws InterruptedException {
        return process.waitFor();
    }

    void forward(Signals signal) {
        signal.send(process.pid());
    }

    /** TERM to it and all its descendants, and after the grace KILL to whoever is left. Returns when it has ended. */
    void end(Duration grace) throws InterruptedException {
        Map<Long, ProcessHandle> family = new LinkedHashMap<>();
        collect(family);
        family.values().forEach(ProcessHandle::destroy);
        long deadline = System.nanoTime() + grace.toNanos();
        while (System.nanoTime() - deadline < 0 && family.values().stream().anyMatch(ProcessHandle::isAlive)) {
            TimeUnit.MILLISECONDS.sleep(20);
            // Children that are born while their parents end.
            collect(family);
        }
        collect(family);
        family.values().forEach(ProcessHandle::destroyForcibly);
        process.waitFor();
    }

    private void collect(Map<Long, ProcessHandle> family) {
        family.putIfAbsent(process.pid(), process.toHandle());
        List.copyOf(family.values())
                .forEach(known -> known.descendants().forEach(each -> family.putIfAbsent(each.pid(), each)));
    }
}

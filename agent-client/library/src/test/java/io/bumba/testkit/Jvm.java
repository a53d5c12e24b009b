package io.bumba.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Another JVM with this one's class path, to be talked to, paused and killed. It ends when {@link #close() closed}, and
 * by itself within about a second after the test's JVM is gone (while it is paused it cannot).
 *
 * <p>Its output, errors included, goes line by line to a file and to {@link #awaitLine}. Thread-safe; Linux.
 */
public final class Jvm implements AutoCloseable {
    private static final Duration SIGNAL = Duration.ofSeconds(10);

    /**
     * How to start it.
     *
     * @param heap maximum heap, such as "64m"
     * @param classpath class path; null means that of this JVM
     * @param output file that the output is appended to; null for a temporary one
     * @param directory working directory; null for this JVM's
     * @param jvmOptions more options of the JVM, such as "-Dkey=value"
     * @param environment variables added to this JVM's
     * @param wrapper command put in front, such as ["strace", "-f"]; {@link #pid()} and a pause mean this command then
     */
    public record Options(
            String heap,
            @Nullable String classpath,
            @Nullable Path output,
            @Nullable Path directory,
            List<String> jvmOptions,
            Map<String, String> environment,
            List<String> wrapper) {
        public Options {
            jvmOptions = List.copyOf(jvmOptions);
            environment = Map.copyOf(environment);
            wrapper = List.copyOf(wrapper);
        }

        /** A heap of 64 MB, this class path, a temporary output file, this directory. */
        public static Options defaults() {
            return new Options("64m", null, null, null, List.of(), Map.of(), List.of());
        }

        public Options withHeap(String maximum) {
            return new Options(maximum, classpath, output, directory, jvmOptions, environment, wrapper);
        }

        public Options withClasspath(String path) {
            return new Options(heap, path, output, directory, jvmOptions, environment, wrapper);
        }

        public Options withOutput(Path file) {
            return new Options(heap, classpath, file, directory, jvmOptions, environment, wrapper);
        }

        public Options withDirectory(Path working) {
            return new Options(heap, classpath, output, working, jvmOptions, environment, wrapper);
        }

        public Options withJvmOption(String option) {
            List<String> more = new ArrayList<>(jvmOptions);
            more.add(option);
            return new Options(heap, classpath, output, directory, more, environment, wrapper);
        }

        public Options withEnvironment(String name, String value) {
            Map<String, String> more = new HashMap<>(environment);
            more.put(name, value);
            return new Options(heap, classpath, output, directory, jvmOptions, more, wrapper);
        }

        public Options withWrapper(String... command) {
            return new Options(heap, classpath, output, directory, jvmOptions, environment, List.of(command));
        }
    }

    private final Process process;
    private final Path output;
    private final boolean temporary;
    private final Thread reader;
    private final List<String> lines = new ArrayList<>();
    private int next;
    private boolean outputEnded;

    private Jvm(Process process, Path output, boolean temporary) {
        this.process = process;
        this.output = output;
        this.temporary = temporary;
        this.reader = new Thread(this::readOutput, "output of process " + process.pid());
        reader.setDaemon(true);
    }

    /** Starts the main class with the arguments. */
    public static Jvm start(Class<?> main, String... arguments) {
        return start(main, List.of(arguments), Options.defaults());
    }

    /** Starts the main class with the arguments; returns at once. */
    public static Jvm start(Class<?> main, List<String> arguments, Options options) {
        return start(main.getName(), arguments, options);
    }

    static Jvm start(String main, List<String> arguments, Options options) {
        List<String> command = new ArrayList<>(options.wrapper());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx" + options.heap(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(options.jvmOptions());
        String classpath = options.classpath();
        command.addAll(List.of("-cp", classpath == null ? classpath() : classpath));
        command.addAll(List.of(
                JvmMain.class.getName(), Long.toString(ProcessHandle.current().pid()), main));
        command.addAll(arguments);
        try {
            Path given = options.output();
            Path output = given == null ? Files.createTempFile("bumba-jvm", ".log") : given;
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectInput(Redirect.PIPE);
            builder.environment().putAll(options.environment());
            Path directory = options.directory();
            if (directory != null) {
                builder.directory(directory.toFile());
            }
            Jvm jvm = new Jvm(builder.start(), output, given == null);
            jvm.reader.start();
            return jvm;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + main, e);
        }
    }

    /** The class path of this test JVM, also where Surefire hides it behind a jar of its own. */
    public static String classpath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The file with all output. */
    public Path output() {
        return output;
    }

    /** All output up to now. */
    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** Waits for a line that equals the text. */
    public String awaitLine(String text, Duration atMost) {
        return awaitLine(text, text::equals, atMost);
    }

    /** Waits for the next line that satisfies the condition. */
    public String awaitLine(Predicate<String> condition, Duration atMost) {
        return awaitLine("the line waited for", condition, atMost);
    }

    /**
     * Waits for a line that satisfies the condition, among those after the one that the last call found.
     *
     * @throws IllegalStateException when the process ends, or time is up, without it; with the last lines
     */
    public synchronized String awaitLine(String what, Predicate<String> condition, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            while (next < lines.size()) {
                String line = lines.get(next++);
                if (condition.test(line)) {
                    return line;
                }
            }
            long left = deadline - System.nanoTime();
            if (outputEnded || left <= 0) {
                String why = outputEnded ? "the process ended" : "nothing within " + atMost;
                throw new IllegalStateException("no \"" + what + "\" from process " + pid() + ": " + why + tail());
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for \"" + what + '"', e);
            }
        }
    }

    /** Writes a line to its standard input. */
    public void send(String line) {
        try {
            OutputStream in = process.getOutputStream();
            in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid() + " does not listen" + tail(), e);
        }
    }

    /** SIGKILL to it and its children; returns when it is gone, with the {@link System#nanoTime} just before. */
    public long kill9() {
        List<ProcessHandle> children = process.descendants().toList();
        long before = System.nanoTime();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        Integer ignored = waitFor(SIGNAL);
        return before;
    }

    /** SIGKILL to it, and to no child. */
    void killAlone() {
        process.destroyForcibly();
        Integer ignored = waitFor(SIGNAL);
    }

    /** SIGSTOP; returns when the process stands still, with the {@link System#nanoTime} just before the signal. */
    public long pause() {
        long before = System.nanoTime();
        signal("STOP");
        Deadline.until("process " + pid() + " is stopped", SIGNAL, () -> state() == 'T');
        return before;
    }

    /** SIGCONT; returns when the process runs again. */
    public void resume() {
        signal("CONT");
        Deadline.until("process " + pid() + " goes on", SIGNAL, () -> state() != 'T');
    }

    /** Waits for the end of the process, and returns its exit code. */
    public int waitFor(Duration atMost) {
        try {
            if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("process " + pid() + " did not end within " + atMost + tail());
            }
            reader.join(SIGNAL.toMillis());
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for process " + pid(), e);
        }
    }

    /** Kills the process if it still runs. */
    @Override
    public void close() {
        long ignored = kill9();
        try {
            if (temporary) {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + output, e);
        }
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + pid())
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
            if (!kill.waitFor(SIGNAL.toMillis(), TimeUnit.MILLISECONDS) || kill.exitValue() != 0) {
                throw new IllegalStateException("SIG" + name + " to process " + pid() + " failed" + tail());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no shell to send a signal", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending SIG" + name, e);
        }
    }

    /** The state letter that Linux shows; the command's name before it may hold spaces and parentheses. */
    private char state() throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid()), "stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }

    private void readOutput() {
        try (BufferedReader in =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                Writer file = Files.newBufferedWriter(
                        output, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                file.write(line + "\n");
                file.flush();
                synchronized (this) {
                    lines.add(line);
                    notifyAll();
                }
            }
        } catch (IOException e) {
            synchronized (this) {
                lines.add("[output lost: " + e + "]");
            }
        } finally {
            synchronized (this) {
                outputEnded = true;
                notifyAll();
            }
        }
    }

    private synchronized String tail() {
        int from = Math.max(0, lines.size() - 30);
        return "; its last lines:\n  " + String.join("\n  ", lines.subList(from, lines.size()));
    }
}

package io.bumba.chaos;

import io.bumba.testkit.Jvm;
import io.bumba.testkit.ZkEnsemble;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The workers' processes, each behind links of its own. The first ones are steady, the others mortal: those are killed,
 * and replaced by new ones, and paused. Thread-safe; one thread at a time strikes one worker.
 */
final class Fleet implements AutoCloseable {
    private final Plan plan;
    private final ZkEnsemble ensemble;
    private final String root;
    private final Path directory;
    private final @Nullable Path mutant;
    private final Path counter;
    private final List<Links> links = new ArrayList<>();
    private final List<Worker> present = new ArrayList<>();
    private final List<Path> histories = new ArrayList<>();
    private final Map<Path, Duration> paused = new HashMap<>();
    private int started;

    /** @param mutant a directory of classes that come before the real ones; null for none */
    Fleet(Plan plan, ZkEnsemble ensemble, String root, Path directory, @Nullable Path mutant) {
        this.plan = plan;
        this.ensemble = ensemble;
        this.root = root;
        this.directory = directory;
        this.mutant = mutant;
        this.counter = directory.resolve("counter");
        write(counter, "0");
    }

    /** Starts all workers; they wait for {@link #go}. */
    void start() {
        for (int i = 0; i < plan.workers(); i++) {
            links.add(new Links(ensemble));
            present.add(hire(i));
        }
        present().forEach(Worker::awaitReady);
    }

    void go() {
        present().forEach(worker -> worker.jvm().send("go"));
    }

    synchronized List<Worker> present() {
        return List.copyOf(present);
    }

    /** The histories of all that ever were. */
    synchronized List<Path> histories() {
        return List.copyOf(histories);
    }

    /** How long the process of this history stood still in all. */
    synchronized Duration paused(Path history) {
        return paused.getOrDefault(history, Duration.ZERO);
    }

    Links links(int target) {
        return links.get(target % links.size());
    }

    /** Whether there is anybody to kill. */
    boolean hasMortals() {
        return plan.mortal() > 0;
    }

    void kill(int target) {
        long ignored = mortal(target).jvm().kill9();
    }

    /** Starts another one in the place of one that was killed. */
    void replace(int target) {
        int place = place(target);
        Worker next = hire(place);
        synchronized (this) {
            present.set(place, next);
        }
        next.awaitReady();
        next.jvm().send("go");
    }

    void pause(int target) {
        long ignored = mortal(target).jvm().pause();
    }

    /** @param lasted how long it stood still, at most */
    void resume(int target, Duration lasted) {
        Worker worker = mortal(target);
        worker.jvm().resume();
        synchronized (this) {
            paused.merge(worker.history(), lasted, Duration::plus);
        }
    }

    OptionalLong session(int target) {
        return mortal(target).session();
    }

    /** The number that the steady workers have counted to. */
    String counted() {
        try {
            return Files.readString(counter);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + counter, e);
        }
    }

    @Override
    public void close() {
        present().forEach(worker -> worker.jvm().close());
        links.forEach(Links::close);
    }

    private Worker mortal(int target) {
        synchronized (this) {
            return present.get(place(target));
        }
    }

    private int place(int target) {
        return plan.steady() + target % plan.mortal();
    }

    private Worker hire(int place) {
        String name;
        Path history;
        synchronized (this) {
            name = "w" + place + "." + started++;
            history = directory.resolve(name + ".history");
            histories.add(history);
        }
        List<String> arguments = new ArrayList<>(List.of(
                links.get(place).connectString(),
                root,
                Long.toString(plan.sessionTimeout().toMillis()),
                history.toString(),
                Long.toString(plan.seed()),
                name,
                plan.workload().words()));
        if (place < plan.steady()) {
            arguments.add(counter.toString());
        }
        String classpath = Jvm.classpath();
        Jvm.Options options = Jvm.Options.defaults()
                .withHeap("96m")
                .withOutput(directory.resolve(name + ".log"))
                .withJvmOption("-ea")
                .withClasspath(mutant == null ? classpath : mutant + File.pathSeparator + classpath);
        return new Worker(name, Jvm.start(LockWorker.class, arguments, options), history);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}

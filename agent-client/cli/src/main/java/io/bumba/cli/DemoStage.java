package io.bumba.cli;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Where the demo plays: a clone, a coordinator of its own.
 *
 * @param scratch everything is in it
 * @param tree the clone
 * @param before what the chosen files hold, as ISO 8859-1, by path
 * @param coordinator how to reach it
 */
record DemoStage(Path scratch, Path tree, Map<String, String> before, RunFile coordinator) {
    private static final int FILES = 12;

    /** The tick of the demo's own ZooKeeper: how coarsely it looks for dead sessions. */
    static final Duration TICK = Duration.ofSeconds(1);

    private static final long START_SECONDS = 60;

    /** Clones, chooses the files, and starts the coordinator, telling what it does. */
    static DemoStage prepare(Path source, Path scratch, DemoProcesses processes)
            throws IOException, InterruptedException {
        Path tree = scratch.resolve("clone");
        System.out.println("cloning " + Text.oneLine(source.toString()) + " to " + tree);
        git(List.of("git", "clone", "--quiet", "--no-hardlinks", "--", source.toString(), tree.toString()), scratch);
        List<String> tracked = Arrays.stream(
                        git(List.of("git", "ls-files", "-z"), tree).split("\0", -1))
                .filter(path -> !path.isEmpty())
                .toList();
        Map<String, String> before = new LinkedHashMap<>();
        for (String path : DemoFiles.choose(tree, tracked, FILES)) {
            before.put(path, Files.readString(tree.resolve(path), StandardCharsets.ISO_8859_1));
        }
        if (before.size() < 2) {
            throw new CliException(
                    ExitCode.PROBLEM,
                    source + " has " + before.size()
                            + " tracked text files of a known type; name a repository with source" + " code by --repo");
        }
        return new DemoStage(scratch, tree, before, startCoordinator(scratch, processes));
    }

    /** The files' bytes now, as ISO 8859-1. */
    List<DemoProof.File> now() throws IOException {
        List<DemoProof.File> files = new ArrayList<>();
        for (Map.Entry<String, String> each : before.entrySet()) {
            files.add(new DemoProof.File(
                    each.getKey(),
                    each.getValue(),
                    Files.readString(tree.resolve(each.getKey()), StandardCharsets.ISO_8859_1)));
        }
        return files;
    }

    /** What git says has changed. */
    List<String> diffStat() throws IOException, InterruptedException {
        return git(List.of("git", "diff", "--stat=100"), tree).lines().toList();
    }

    Path data() {
        return scratch.resolve("data");
    }

    /** The start of a command line for a JVM of the CLI. */
    static List<String> cli() {
        return List.of(
                java(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xms16m",
                "-Xmx128m",
                "-cp",
                ownJar().toString(),
                Main.class.getName());
    }

    private static RunFile startCoordinator(Path scratch, DemoProcesses processes)
            throws IOException, InterruptedException {
        System.out.println("starting a coordinator");
        Path data = scratch.resolve("data");
        Path log = scratch.resolve("coordinator.log");
        Path config = Files.writeString(
                scratch.resolve("coordinator.yml"), "zookeeper:\n  tickTime: " + TICK.toMillis() + "ms\n");
        Process process = processes.start(new ProcessBuilder(
                        java(),
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-jar",
                        coordinatorJar().toString(),
                        "up",
                        "--data",
                        data.toString(),
                        "--port",
                        "0",
                        "--admin-port",
                        "0",
                        "--zookeeper-port",
                        "0",
                        "--config",
                        config.toString(),
                        "--workspace",
                        "demo")
                .redirectInput(new java.io.File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (System.nanoTime() - deadline < 0) {
            Optional<RunFile> run = RunFile.read(data).filter(r -> r.pid() == process.pid());
            if (run.isPresent()) {
                return run.get();
            }
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                throw new CliException(
                        ExitCode.PROBLEM,
                        "the demo's coordinator ended with " + process.exitValue() + ": " + lastLine(log));
            }
        }
        throw new CliException(
                ExitCode.PROBLEM, "the demo's coordinator did not start in " + START_SECONDS + " s: " + lastLine(log));
    }

    private static String lastLine(Path log) throws IOException {
        List<String> lines = Files.readString(log, StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home", "/usr"), "bin", "java").toString();
    }

    private static Path ownJar() {
        try {
            return Path.of(
                    Objects.requireNonNull(Main.class.getProtectionDomain().getCodeSource())
                            .getLocation()
                            .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("this program's own jar has no name", e);
        }
    }

    /** Beside our own copy, as the start script puts it; else where Maven builds it. */
    private static Path coordinatorJar() {
        Path own = ownJar();
        List<Path> places = List.of(
                own.resolveSibling("bumba-coordinator.jar"),
                own.resolveSibling(
                                Path.of("..", "..", "..", "coordinator", "target", "bumba-coordinator-0.1.0-all.jar"))
                        .normalize());
        return places.stream()
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new CliException(
                        ExitCode.PROBLEM, "no coordinator at " + places + "; run the demo by ops/bin/bumba"));
    }

    private static String git(List<String> command, Path directory) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectInput(new java.io.File("/dev/null"))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new CliException(ExitCode.PROBLEM, "git cannot be run (" + e.getMessage() + "); install it", e);
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new CliException(
                    ExitCode.PROBLEM,
                    "'" + String.join(" ", command) + "' failed: " + Text.shortened(said, 300)
                            + "; name a git repository by --repo");
        }
        return said;
    }
}

package io.bumba.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Three ZooKeeper servers in three processes, with a real quorum. Members may be killed, paused and restarted one by
 * one; they lose no data. {@code syncLimit} is 4 ticks of 500 ms, so a paused follower is dropped after 2 s.
 */
public final class ZkEnsemble implements AutoCloseable {
    private static final int SIZE = 3;
    private static final Duration START = Duration.ofSeconds(60);

    private final List<ZkProcess> members;

    private ZkEnsemble(List<ZkProcess> members) {
        this.members = List.copyOf(members);
    }

    /** Starts three servers with their data below the directory; returns when all serve, one as the leader. */
    public static ZkEnsemble start(Path directory) {
        return start(directory, Map.of());
    }

    /** Starts three servers with more settings, which win over the kit's own. */
    public static ZkEnsemble start(Path directory, Map<String, String> more) {
        return start(directory, more, Jvm.classpath());
    }

    /** Starts three servers with more settings and another class path. */
    public static ZkEnsemble start(Path directory, Map<String, String> more, String classpath) {
        Map<String, String> settings = new HashMap<>();
        settings.put("initLimit", "20");
        settings.put("syncLimit", "4");
        settings.put("standaloneEnabled", "false");
        int[] clientPorts = new int[SIZE];
        for (int i = 0; i < SIZE; i++) {
            clientPorts[i] = Ports.free();
            settings.put(
                    "server." + (i + 1),
                    "127.0.0.1:%d:%d:participant;127.0.0.1:%d".formatted(Ports.free(), Ports.free(), clientPorts[i]));
        }
        settings.putAll(more);
        List<ZkProcess> members = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            Path own = directory.resolve("server-" + (i + 1));
            Directories.create(own.resolve("data"));
            Directories.write(own.resolve("data").resolve("myid"), List.of(Integer.toString(i + 1)));
            members.add(ZkProcess.prepare(own, classpath, clientPorts[i], settings));
        }
        ZkEnsemble ensemble = new ZkEnsemble(members);
        try {
            members.forEach(ZkProcess::launch);
            members.forEach(member -> member.awaitServing(START));
            ensemble.awaitServing(SIZE);
            return ensemble;
        } catch (RuntimeException | Error e) {
            ensemble.close();
            throw e;
        }
    }

    /** All three servers, for clients. */
    public String connectString() {
        return members.stream().map(ZkProcess::connectString).collect(Collectors.joining(","));
    }

    /** The three, in the order of their ids. */
    public List<ZkProcess> members() {
        return members;
    }

    /** The member that leads now; waits until there is exactly one. A paused leader is none. */
    public ZkProcess leader() {
        List<ZkProcess> found = new ArrayList<>();
        Deadline.until("one member leads", START, () -> {
            found.clear();
            found.addAll(inMode("leader"));
            return found.size() == 1;
        });
        return found.get(0);
    }

    /** The members that follow now. */
    public List<ZkProcess> followers() {
        return inMode("follower");
    }

    /** Waits until this many members serve, one of them as the leader. */
    public void awaitServing(int count) {
        Deadline.until(
                count + " members serve",
                START,
                () -> inMode("leader").size() == 1 && inMode("follower").size() >= count - 1);
    }

    @Override
    public void close() {
        members.forEach(ZkProcess::close);
    }

    private List<ZkProcess> inMode(String mode) {
        return members.stream()
                .filter(member -> member.mode().filter(mode::equals).isPresent())
                .toList();
    }
}

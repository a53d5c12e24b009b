package io.bumba.bench;

import io.bumba.testkit.Jvm;
import io.bumba.testkit.Ports;
import io.bumba.testkit.ZkEnsemble;
import io.bumba.testkit.ZkProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * ZooKeeper servers of our own, each in a process, on loopback, with every transaction synced to disk. Nothing is reaped
 * while they are measured. Ended with this object, or with this process.
 */
final class Servers implements AutoCloseable {
    private static final Map<String, String> SETTINGS =
            Map.of("forceSync", "yes", "znode.container.checkIntervalMs", "86400000");

    private final List<ZkProcess> members;
    private final AutoCloseable owner;

    private Servers(List<ZkProcess> members, AutoCloseable owner) {
        this.members = List.copyOf(members);
        this.owner = owner;
    }

    static Servers one(Path directory) {
        ZkProcess server = ZkProcess.start(directory, Jvm.classpath(), Ports.free(), SETTINGS);
        return new Servers(List.of(server), server);
    }

    /** The followers come first, the leader last. */
    static Servers three(Path directory) {
        ZkEnsemble ensemble = ZkEnsemble.start(directory, SETTINGS);
        List<ZkProcess> members = new java.util.ArrayList<>(ensemble.followers());
        members.add(ensemble.leader());
        return new Servers(members, ensemble);
    }

    int count() {
        return members.size();
    }

    /** The one server that the n-th client uses, whichever kind of client it is: so all kinds meet the same servers. */
    String forClient(int client) {
        return members.get(client % members.size()).connectString();
    }

    Counters counters() {
        return Counters.of(members.stream().map(ZkProcess::port).toList());
    }

    @Override
    public void close() {
        Attempt.to("end the servers", () -> {
            owner.close();
            return owner;
        });
    }
}

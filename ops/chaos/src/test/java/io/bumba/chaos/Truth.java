package io.bumba.chaos;

import java.util.ArrayList;
import java.util.List;

/** Transactions as the servers would log them, written by hand. */
final class Truth {
    static final String LOCKS = "/bumba/workspaces/default/locks";

    private final List<Change> changes = new ArrayList<>();

    /** @param nodes created; names that end in a sequence */
    Truth create(long zxid, String agent, String... nodes) {
        return change(zxid, agent, List.of(nodes), List.of());
    }

    Truth delete(long zxid, String agent, String... nodes) {
        return change(zxid, agent, List.of(), List.of(nodes));
    }

    /** One transaction: out of the queue and into the line. */
    Truth step(long zxid, String agent, String from, String to) {
        return change(zxid, agent, List.of(to), List.of(from));
    }

    Truth change(long zxid, String agent, List<String> made, List<String> deleted) {
        changes.add(new Change(
                zxid,
                agent.hashCode(),
                made.stream()
                        .map(name -> new Change.Made(path(name), "{\"agent\":\"" + agent + "\"}"))
                        .toList(),
                deleted.stream().map(Truth::path).toList()));
        return this;
    }

    Replay replay() {
        return Replay.of(changes, LOCKS);
    }

    /** A contender's name. */
    static String line(String request, char mode, int sequence) {
        return "_c_" + uuid(request) + (mode == 'W' ? "-__WRIT__" : "-__READ__") + "%010d".formatted(sequence);
    }

    /** A waiter's name. */
    static String queue(int digit, char mode, String request, int sequence) {
        return digit + "-" + mode + "-" + uuid(request) + "-" + "%010d".formatted(sequence);
    }

    private static String uuid(String request) {
        return (request + "00000000-0000-0000-0000-000000000000").substring(0, 28) + "0bb00bb0";
    }

    private static String path(String name) {
        return LOCKS + "/dir/a" + (name.startsWith("_c_") ? "@lock/" : "@queue/") + name;
    }
}

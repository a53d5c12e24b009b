package io.bumba.chaos;

import java.util.List;

/**
 * One transaction, as the servers committed it.
 *
 * @param zxid its place in the order of all
 * @param session who asked for it
 * @param made the znodes that it created
 * @param deleted those that it deleted, at the end of a session its ephemerals
 * @param set those that it gave new data
 */
record Change(long zxid, long session, List<Made> made, List<String> deleted, List<Made> set) {
    Change {
        made = List.copyOf(made);
        deleted = List.copyOf(deleted);
        set = List.copyOf(set);
    }

    /** One that gave no new data. */
    Change(long zxid, long session, List<Made> made, List<String> deleted) {
        this(zxid, session, made, deleted, List.of());
    }

    boolean isNothing() {
        return made.isEmpty() && deleted.isEmpty() && set.isEmpty();
    }

    /** A znode that was created, or given new data, and the data. */
    record Made(String path, String data) {}
}

package io.bumba.chaos;

import java.util.List;

/**
 * One transaction, as the servers committed it.
 *
 * @param zxid its place in the order of all
 * @param session who asked for it
 * @param made the znodes that it created
 * @param deleted those that it deleted, at the end of a session its ephemerals
 */
record Change(long zxid, long session, List<Made> made, List<String> deleted) {
    Change {
        made = List.copyOf(made);
        deleted = List.copyOf(deleted);
    }

    /** A znode that was created. */
    record Made(String path, String data) {}
}

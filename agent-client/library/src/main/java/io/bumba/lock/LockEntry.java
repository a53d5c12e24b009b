package io.bumba.lock;

import io.bumba.path.RepoPath;
import java.util.List;

/**
 * One file that somebody holds or waits for.
 *
 * @param path the file
 * @param holders one exclusive holder or any number of shared ones; empty in the moment of a hand-over
 * @param waiters in the order in which they will be served
 * @param foreign children of the lock node that are no contenders of ours; nothing is granted beside a stock mutex
 */
public record LockEntry(RepoPath path, List<Holder> holders, List<Waiter> waiters, List<String> foreign) {
    public LockEntry {
        holders = List.copyOf(holders);
        waiters = List.copyOf(waiters);
        foreign = List.copyOf(foreign);
    }
}

package io.bumba.lock;

import io.bumba.event.Event;
import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import io.bumba.zk.Codec;
import io.bumba.zk.Session;
import io.bumba.zk.Transaction;
import java.util.ArrayList;
import java.util.List;

/**
 * What MONITORED territories keep of the contenders that are made inside them. A record is made by the contender's own
 * transaction, so it is there exactly if the contender was made, whether or not that one held in the end. Of each
 * territory about the last {@link #KEPT} are kept: whoever makes one deletes the one that is so much older; of one whose
 * reply was lost nobody does.
 */
final class AccessRecords {
    /** How many records are kept of one territory. */
    static final int KEPT = 1_000;

    private static final int SEQUENCE = 10;

    private final Workshop shop;
    private final Session session;
    private final String agent;
    private final RepoPath path;

    AccessRecords(Workshop shop, Session session, String agent, RepoPath path) {
        this.shop = shop;
        this.session = session;
        this.agent = agent;
        this.path = path;
    }

    /** The containers that must stand. */
    List<String> parents(Passage.Open passage) {
        return passage.recorders().stream()
                .map(territory -> shop.layout().accesses(territory))
                .toList();
    }

    /** Adds the records to the transaction that makes the contender. */
    void add(Transaction tx, Passage.Open passage, LockMode mode) {
        for (String territory : passage.recorders()) {
            AccessData data =
                    new AccessData(agent, path.value(), mode, shop.time().instant());
            tx.persistentSequential(shop.layout().access(territory), Codec.encode(data));
        }
    }

    /** The transaction happened. */
    void made(Passage.Open passage, LockMode mode) {
        for (String territory : passage.recorders()) {
            shop.events().publish(new Event.AccessRecorded(shop.time().instant(), agent, path, mode.name(), territory));
        }
    }

    /**
     * Deletes those whose time is over; nobody waits for it.
     *
     * @param created what the transaction created
     */
    void trim(Passage.Open passage, List<String> created) {
        List<String> mine = new ArrayList<>();
        for (String territory : passage.recorders()) {
            String prefix = shop.layout().access(territory);
            created.stream().filter(node -> node.startsWith(prefix)).forEach(mine::add);
        }
        for (String node : mine) {
            int digits = node.length() - SEQUENCE;
            int old = Integer.parseInt(node.substring(digits)) - KEPT;
            if (old >= 0) {
                String oldest = node.substring(0, digits) + String.format("%010d", old);
                Async.then(session.commit(session.transaction().delete(oldest)), outcome -> {});
            }
        }
    }
}

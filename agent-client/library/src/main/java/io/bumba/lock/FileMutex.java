package io.bumba.lock;

import io.bumba.zk.ListedClient;
import io.bumba.zk.Session;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.LockInternalsDriver;
import org.apache.curator.framework.recipes.locks.PredicateResults;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Curator's mutex over a contender that already stands, and a listing that was read after it was made. One instance serves
 * one acquisition, and only after {@link Line#holds} has said yes: so it neither waits, nor leaves a watch, nor deletes a
 * contender that should stay in line, nor asks the servers again. It is never released through the recipe, which forgets
 * though the delete failed (CURATOR-678) and cannot tell whether the node was still there; see {@link Hold}.
 *
 * <p>Its predicate is that of {@code InterProcessReadWriteLock}, so stock ones on the same path exclude ours and are
 * excluded; and it grants on no node of an earlier session (CURATOR-604).
 */
final class FileMutex extends InterProcessMutex {
    private static final Logger LOG = LoggerFactory.getLogger(FileMutex.class);

    /**
     * @param client without a namespace
     * @param lockNode the parent of the contenders
     * @param contender the name of ours
     * @param children of the lock's node, listed by the session after it had made the contender
     */
    FileMutex(CuratorFramework client, Session session, String lockNode, String contender, List<String> children) {
        super(ListedClient.of(client, children), lockNode, new Driver(client, session, lockNode, contender));
    }

    /** Whether the recipe agrees that the contender holds. */
    boolean agrees() {
        try {
            return acquire(0, TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            LOG.debug("the recipe refuses", e);
            return false;
        }
    }

    private record Driver(CuratorFramework client, Session session, String lockNode, String contender)
            implements LockInternalsDriver {

        @Override
        public String createsTheLock(CuratorFramework recipesClient, String path, byte[] data) {
            return lockNode + "/" + contender;
        }

        @Override
        public PredicateResults getsTheLock(
                CuratorFramework recipesClient, List<String> children, String ourName, int maxLeases) {
            if (!session.isCurrentOf(client)) {
                throw new IllegalStateException("the session of contender " + ourName + " is over");
            }
            Line line = Line.of(children, List.of());
            if (!line.holds(ourName)) {
                throw new IllegalStateException("contender " + ourName + " holds no longer");
            }
            return new PredicateResults(null, true);
        }

        @Override
        public String fixForSorting(String name, String lockName) {
            return name;
        }
    }
}

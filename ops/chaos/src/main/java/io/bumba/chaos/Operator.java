package io.bumba.chaos;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.BumbaException;
import io.bumba.lock.BreakRequest;
import io.bumba.lock.BreakResult;
import io.bumba.lock.FencingToken;
import io.bumba.testkit.Sessions;
import io.bumba.zk.Layout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * Breaks locks: by turns through the library, and as a person with {@code zkCli} does, who deletes the contender that is
 * first in line. For one thread.
 */
final class Operator implements AutoCloseable {
    private final Bumba bumba;
    private final ZooKeeper zooKeeper;
    private final Layout layout;
    private final List<Break> breaks = new ArrayList<>();

    Operator(String connectString, Layout layout) {
        this.bumba = Bumba.connect(
                BumbaConfig.builder(connectString).root(layout.root()).build());
        this.zooKeeper = Sessions.connect(connectString, Duration.ofSeconds(10));
        this.layout = layout;
    }

    /** Breaks the lock of one of the files that somebody holds, this one first; false when there is none, or no answer. */
    boolean breakLock(int file, int files) {
        return IntStream.range(file, file + files).anyMatch(each -> breakLock(each % files));
    }

    private boolean breakLock(int file) {
        String parent = layout.lock(Steps.path(file));
        try {
            Optional<Contending> first = zooKeeper.getChildren(parent, false).stream()
                    .flatMap(name -> Contending.parse(name).stream())
                    .min(Contending.IN_LINE);
            if (first.isEmpty()) {
                return false;
            }
            String node = parent + "/" + first.get().name();
            Stat stat = zooKeeper.exists(node, false);
            if (stat == null) {
                return false;
            }
            // Noted first: whether it took effect need not be known.
            boolean byHand;
            synchronized (breaks) {
                breaks.add(new Break(Steps.path(file).value(), stat.getCzxid(), System.nanoTime()));
                byHand = breaks.size() % 2 == 0;
            }
            if (byHand) {
                zooKeeper.delete(node, -1);
                return true;
            }
            FencingToken token = new FencingToken(stat.getCzxid());
            return bumba.breaks()
                            .breakLock(BreakRequest.of(Steps.path(file), "chaos", "drawn by lot")
                                    .only(token))
                    instanceof BreakResult.Broken;
        } catch (KeeperException | BumbaException goneOrUnreachable) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    List<Break> breaks() {
        synchronized (breaks) {
            return List.copyOf(breaks);
        }
    }

    @Override
    public void close() {
        Sessions.close(zooKeeper);
        bumba.close();
    }
}

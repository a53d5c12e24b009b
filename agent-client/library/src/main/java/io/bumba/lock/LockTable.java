package io.bumba.lock;

import io.bumba.path.RepoPath;
import io.bumba.zk.Children;
import io.bumba.zk.Cluster;
import io.bumba.zk.Layout;
import io.bumba.zk.Session;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads everybody's locks and waiters by walking the tree. For displays; decides nothing. Thread-safe. */
public final class LockTable {
    private static final Logger LOG = LoggerFactory.getLogger(LockTable.class);

    /** How many listings are asked for at once. */
    private static final int AT_ONCE = 500;

    private final Supplier<Session> session;
    private final Layout layout;
    private final Cluster cluster;
    private final InstantSource time;

    public LockTable(Supplier<Session> session, Layout layout, Cluster cluster, InstantSource time) {
        this.session = session;
        this.layout = layout;
        this.cluster = cluster;
        this.time = time;
    }

    /**
     * Every file that somebody holds or waits for.
     *
     * @throws io.bumba.BumbaException when the servers do not answer
     */
    public LockView read() {
        Instant readAt = time.instant();
        Session now = session.get();
        List<LockReader.Seen> seen = new ArrayList<>();
        AtomicLong latest = new AtomicLong();
        Deque<RepoPath> files = new ArrayDeque<>(files(now, latest));
        while (!files.isEmpty()) {
            List<CompletableFuture<LockReader.Seen>> reads = new ArrayList<>();
            while (!files.isEmpty() && reads.size() < AT_ONCE) {
                reads.add(LockReader.read(now, layout, files.poll()));
            }
            await(reads, "read the locks");
            reads.forEach(read -> seen.add(read.join()));
        }
        return new LockView(
                seen.stream()
                        .map(LockReader.Seen::entry)
                        .filter(e -> !e.holders().isEmpty()
                                || !e.waiters().isEmpty()
                                || !e.foreign().isEmpty())
                        .sorted(Comparator.comparing(LockEntry::path))
                        .toList(),
                seen.stream().mapToLong(LockReader.Seen::zxid).reduce(latest.get(), Math::max),
                readAt);
    }

    /**
     * Who holds one file and who waits for it.
     *
     * @throws io.bumba.BumbaException when the servers do not answer
     */
    public LockEntry find(RepoPath path) {
        return cluster.await(LockReader.read(session.get(), layout, path), "read the lock of " + path)
                .entry();
    }

    /**
     * Everybody who holds a file for a limited time. Who waits is not among them, in line or not.
     *
     * @throws io.bumba.BumbaException when the servers do not answer
     */
    public List<LeasedHold> leased() {
        Session now = session.get();
        List<LeasedHold> leased = new ArrayList<>();
        Deque<RepoPath> files = new ArrayDeque<>(files(now, new AtomicLong()));
        while (!files.isEmpty()) {
            List<CompletableFuture<List<LeasedHold>>> reads = new ArrayList<>();
            while (!files.isEmpty() && reads.size() < AT_ONCE) {
                reads.add(LockReader.leased(now, layout, files.poll()));
            }
            await(reads, "read the leases");
            reads.forEach(read -> leased.addAll(read.join()));
        }
        return leased;
    }

    private record Directory(String node, String path) {}

    /** @param latest raised to the latest change of any listing */
    private Set<RepoPath> files(Session now, AtomicLong latest) {
        Set<RepoPath> files = new TreeSet<>();
        Deque<Directory> directories = new ArrayDeque<>(List.of(new Directory(layout.locks(), "")));
        while (!directories.isEmpty()) {
            List<Directory> some = new ArrayList<>();
            while (!directories.isEmpty() && some.size() < AT_ONCE) {
                some.add(directories.poll());
            }
            List<CompletableFuture<Children>> listings = some.stream()
                    .map(d -> now.children(d.node()).thenApply(c -> c.orElse(Children.NONE)))
                    .toList();
            await(listings, "list the locks");
            for (int i = 0; i < some.size(); i++) {
                Directory at = some.get(i);
                latest.accumulateAndGet(listings.get(i).join().pzxid(), Math::max);
                for (String child : listings.get(i).join().names()) {
                    try {
                        String path = at.path() + Layout.segment(child);
                        if (Layout.isLock(child) || Layout.isQueue(child)) {
                            files.add(new RepoPath(path));
                        } else {
                            directories.add(new Directory(at.node() + "/" + child, path + "/"));
                        }
                    } catch (IllegalArgumentException e) {
                        LOG.warn("{} has a child that is no name of a file", at.node(), e);
                    }
                }
            }
        }
        return files;
    }

    private <T> void await(List<CompletableFuture<T>> futures, String what) {
        cluster.await(CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)), what);
    }
}

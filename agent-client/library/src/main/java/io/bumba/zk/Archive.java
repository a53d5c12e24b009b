package io.bumba.zk;

import io.bumba.BumbaException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The records of one kind below one znode, of which the latest are kept. The servers' order tells which are later. Children of
 * other names are left alone. Thread-safe.
 */
public final class Archive {
    /** How many nodes are asked for, or deleted, at once. */
    private static final int AT_ONCE = 500;

    private final Supplier<Session> session;
    private final Cluster cluster;
    private final String parent;
    private final Pattern names;
    private final String what;

    /**
     * @param names of records
     * @param what they are, in the plural, for messages
     */
    public Archive(Supplier<Session> session, Cluster cluster, String parent, Pattern names, String what) {
        this.session = session;
        this.cluster = cluster;
        this.parent = parent;
        this.names = names;
        this.what = what;
    }

    /**
     * The last ones that this version can read, the latest first.
     *
     * @param limit the most that are given, at least 1
     * @throws BumbaException when the servers do not answer
     */
    public <T> List<T> latest(int limit, Class<T> type) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit " + limit + " is not positive");
        }
        return recorded(session.get()).stream()
                .flatMap(recorded -> Codec.decode(recorded.node().data(), type).value().stream())
                .limit(limit)
                .toList();
    }

    /**
     * Deletes the oldest.
     *
     * @param keep how many of the latest stay
     * @return how many were deleted
     * @throws BumbaException when the servers do not answer
     */
    public int prune(int keep) {
        if (keep < 0) {
            throw new IllegalArgumentException("keep " + keep + " is negative");
        }
        Session now = session.get();
        if (list(now).size() <= keep) {
            return 0;
        }
        List<Recorded> all = recorded(now);
        List<Recorded> old = all.subList(Math.min(keep, all.size()), all.size());
        for (int from = 0; from < old.size(); from += AT_ONCE) {
            awaitAll(
                    old.subList(from, Math.min(from + AT_ONCE, old.size())).stream()
                            .map(each -> Cluster.once(now, s -> s.transaction().delete(each.path())))
                            .toList(),
                    "delete old " + what);
        }
        return old.size();
    }

    private record Recorded(String path, Node node) {}

    private List<String> list(Session now) {
        return cluster.await(now.children(parent), "list the " + what).orElse(Children.NONE).names().stream()
                .filter(name -> names.matcher(name).matches())
                .toList();
    }

    /** All of them, the latest first. */
    private List<Recorded> recorded(Session now) {
        List<String> found = list(now);
        List<Recorded> all = new ArrayList<>();
        for (int from = 0; from < found.size(); from += AT_ONCE) {
            List<CompletableFuture<Optional<Recorded>>> reads =
                    found.subList(from, Math.min(from + AT_ONCE, found.size())).stream()
                            .map(name -> parent + "/" + name)
                            .map(path -> now.read(path).thenApply(node -> node.map(n -> new Recorded(path, n))))
                            .toList();
            awaitAll(reads, "read the " + what).forEach(read -> read.ifPresent(all::add));
        }
        all.sort(
                Comparator.comparingLong((Recorded each) -> each.node().czxid()).reversed());
        return all;
    }

    private <T> List<T> awaitAll(List<CompletableFuture<T>> futures, String purpose) {
        cluster.await(CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)), purpose);
        return futures.stream().map(CompletableFuture::join).toList();
    }
}

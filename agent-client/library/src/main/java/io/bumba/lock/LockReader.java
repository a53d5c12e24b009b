package io.bumba.lock;

import io.bumba.path.Printable;
import io.bumba.path.RepoPath;
import io.bumba.zk.Children;
import io.bumba.zk.Codec;
import io.bumba.zk.Layout;
import io.bumba.zk.Node;
import io.bumba.zk.Session;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Reads who holds and who waits, with names and reasons. */
final class LockReader {
    /** How many holders and how many waiters are read in detail; more are counted. */
    static final int MAX_DETAILS = 100;

    private LockReader() {}

    /** What was seen of one file, and the zxid of the latest change in it. */
    record Seen(LockEntry entry, long zxid) {}

    static CompletableFuture<Seen> read(Session session, Layout layout, RepoPath path) {
        String lock = layout.lock(path);
        String queue = layout.queue(path);
        return session.children(lock)
                .thenCombine(session.children(queue), Listings::new)
                .thenCompose(listings -> {
                    Line line = Line.of(listings.names(listings.lock), listings.names(listings.queue));
                    List<CompletableFuture<Optional<Holder>>> holders = line.holders().stream()
                            .limit(MAX_DETAILS)
                            .map(c ->
                                    session.read(lock + "/" + c.name()).thenApply(node -> node.map(n -> holder(c, n))))
                            .toList();
                    List<CompletableFuture<Optional<Waiter>>> waiters = new ArrayList<>();
                    for (Contender c : line.inLine().stream().limit(MAX_DETAILS).toList()) {
                        int place = waiters.size() + 1;
                        waiters.add(session.read(lock + "/" + c.name())
                                .thenApply(node -> node.map(n -> waiter(n, c.mode(), Optional.empty(), place))));
                    }
                    for (QueuePlace q : line.queue().stream().limit(MAX_DETAILS).toList()) {
                        int place = waiters.size() + 1;
                        waiters.add(session.read(queue + "/" + q.name())
                                .thenApply(
                                        node -> node.map(n -> waiter(n, q.mode(), Optional.of(q.priority()), place))));
                    }
                    CompletableFuture<?>[] all =
                            Stream.concat(holders.stream(), waiters.stream()).toArray(CompletableFuture[]::new);
                    return CompletableFuture.allOf(all)
                            .thenApply(done -> new Seen(
                                    new LockEntry(
                                            path,
                                            holders.stream()
                                                    .flatMap(h -> h.join().stream())
                                                    .toList(),
                                            waiters.stream()
                                                    .flatMap(w -> w.join().stream())
                                                    .toList(),
                                            line.foreign().stream()
                                                    .map(Printable::of)
                                                    .toList()),
                                    Math.max(listings.lock.pzxid(), listings.queue.pzxid())));
                });
    }

    /** Those who hold the file for a limited time. */
    static CompletableFuture<List<LeasedHold>> leased(Session session, Layout layout, RepoPath path) {
        String lock = layout.lock(path);
        return session.children(lock).thenCompose(children -> {
            List<CompletableFuture<Optional<LeasedHold>>> holds =
                    Line.of(children.orElse(Children.NONE).names(), List.of()).holders().stream()
                            .map(c -> session.read(lock + "/" + c.name())
                                    .thenApply(node -> node.flatMap(n -> leased(path, c, n))))
                            .toList();
            return CompletableFuture.allOf(holds.toArray(CompletableFuture[]::new))
                    .thenApply(done ->
                            holds.stream().flatMap(hold -> hold.join().stream()).toList());
        });
    }

    private static Optional<LeasedHold> leased(RepoPath path, Contender contender, Node node) {
        Holder holder = holder(contender, node);
        return holder.lease()
                .map(lease -> new LeasedHold(
                        path,
                        holder.agent(),
                        holder.mode(),
                        holder.token(),
                        contender.name(),
                        node.mzxid(),
                        node.version(),
                        lease));
    }

    static Holder holder(Contender contender, Node node) {
        Optional<ContenderData> data = data(node);
        return new Holder(
                agent(node, data),
                contender.mode(),
                node.version() > 0 ? node.changed() : node.created(),
                data.map(ContenderData::reason).map(Printable::of).orElse(""),
                new FencingToken(data.flatMap(ContenderData::token).orElse(node.czxid())),
                data.flatMap(ContenderData::leaseMillis).map(Duration::ofMillis));
    }

    private static Waiter waiter(Node node, LockMode mode, Optional<Priority> priority, int place) {
        Optional<ContenderData> data = data(node);
        return new Waiter(
                agent(node, data),
                mode,
                priority.or(() -> data.map(ContenderData::priority)).orElse(Priority.NORMAL),
                node.created(),
                data.map(ContenderData::reason).map(Printable::of).orElse(""),
                place);
    }

    private static Optional<ContenderData> data(Node node) {
        return Codec.decode(node.data(), ContenderData.class)
                .value()
                .filter(d -> d.agent() != null && d.reason() != null);
    }

    /** Stock Curator clients leave their address in the node. */
    private static String agent(Node node, Optional<ContenderData> data) {
        return data.map(ContenderData::agent)
                .map(Printable::of)
                .orElseGet(() -> "a Curator client, session 0x" + Long.toHexString(node.owner()) + ", which says '"
                        + Printable.of(
                                new String(node.data(), 0, Math.min(node.data().length, 64), StandardCharsets.UTF_8))
                        + "'");
    }

    private record Listings(Children lock, Children queue) {
        private Listings(Optional<Children> lock, Optional<Children> queue) {
            this(lock.orElse(Children.NONE), queue.orElse(Children.NONE));
        }

        private List<String> names(Children children) {
            return children.names();
        }
    }
}

package io.bumba.territory;

import io.bumba.zk.Children;
import io.bumba.zk.Cluster;
import io.bumba.zk.Codec;
import io.bumba.zk.EphemeralBudget;
import io.bumba.zk.Layout;
import io.bumba.zk.Outcome;
import io.bumba.zk.Session;
import io.bumba.zk.SessionOverException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The place of one request among those who wait for territories, in order of arrival. One step at a time. */
final class Requests {
    /** How many who came earlier are looked at; behind more than that the order is not kept. */
    static final int MAX_EARLIER = 1_000;

    private static final int UUID_LENGTH = 36;
    private static final Pattern NAME = Pattern.compile("[0-9a-f-]{36}-(-?[0-9]{10})");

    private final Session session;
    private final Layout layout;
    private final String uuid;
    private final EphemeralBudget.Share bytes;
    private @Nullable String place;

    /** @throws io.bumba.BumbaException LIMIT when the session has no bytes left for its path */
    Requests(Session session, Layout layout, String uuid) {
        this.session = session;
        this.layout = layout;
        this.uuid = uuid;
        this.bytes = session.budget().take(layout.requests() + "/" + uuid + "-");
    }

    /** The znode of the place, once it is taken. */
    Optional<String> place() {
        return Optional.ofNullable(place).map(name -> layout.requests() + "/" + name);
    }

    /** Everybody who waits, by their znodes, in order of arrival. */
    static CompletableFuture<Map<String, RequestRecord>> all(Session session, Layout layout) {
        return list(session, layout, name -> true);
    }

    /** Who came earlier and still waits. */
    CompletableFuture<Map<String, RequestRecord>> earlier() {
        String mine = place;
        return mine == null
                ? all(session, layout)
                : list(session, layout, name -> sequence(name) - sequence(mine) < 0 && !name.startsWith(uuid));
    }

    private static CompletableFuture<Map<String, RequestRecord>> list(
            Session session, Layout layout, Predicate<String> wanted) {
        return session.children(layout.requests()).thenCompose(children -> {
            List<String> names = children.orElse(Children.NONE).names().stream()
                    .filter(Requests::isOurs)
                    .filter(wanted)
                    .sorted(Comparator.comparingInt(Requests::sequence))
                    .limit(MAX_EARLIER)
                    .toList();
            List<CompletableFuture<Optional<RequestRecord>>> reads = new ArrayList<>();
            names.forEach(name -> reads.add(session.read(layout.requests() + "/" + name)
                    .thenApply(node -> node.flatMap(
                            n -> Codec.decode(n.data(), RequestRecord.class).value()))));
            return CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new))
                    .thenApply(done -> {
                        Map<String, RequestRecord> found = new LinkedHashMap<>();
                        for (int i = 0; i < names.size(); i++) {
                            String node = layout.requests() + "/" + names.get(i);
                            reads.get(i).join().ifPresent(record -> found.put(node, record));
                        }
                        return found;
                    });
        });
    }

    private static boolean isOurs(String name) {
        return NAME.matcher(name).matches();
    }

    private static int sequence(String name) {
        return Integer.parseInt(name.substring(UUID_LENGTH + 1));
    }

    /** Takes a place behind all others. */
    CompletableFuture<Void> take(RequestRecord record) {
        return session.commit(session.transaction()
                        .ephemeralSequential(layout.requests() + "/" + uuid + "-", Codec.encode(record)))
                .thenCompose(outcome -> {
                    if (outcome instanceof Outcome.Committed committed) {
                        String node = committed.created().get(0);
                        place = node.substring(node.lastIndexOf('/') + 1);
                        return CompletableFuture.completedFuture(null);
                    }
                    if (outcome instanceof Outcome.Refused refused) {
                        return CompletableFuture.failedFuture(
                                Session.refused("wait for a territory", refused.reason()));
                    }
                    return outcome instanceof Outcome.Over
                            ? CompletableFuture.failedFuture(new SessionOverException())
                            : resolve(record);
                });
    }

    private CompletableFuture<Void> resolve(RequestRecord record) {
        return session.barrier()
                .thenCompose(sure -> session.children(layout.requests()))
                .thenCompose(children -> {
                    Optional<String> ours = children.orElse(Children.NONE).names().stream()
                            .filter(name -> name.startsWith(uuid))
                            .findFirst();
                    ours.ifPresent(name -> place = name);
                    return ours.isPresent() ? CompletableFuture.completedFuture(null) : take(record);
                });
    }

    /** Says anew what is in the way. */
    CompletableFuture<Void> write(RequestRecord record) {
        return place().map(node -> Cluster.once(session, s -> s.transaction().set(node, Codec.encode(record)))
                        .thenCompose(outcome -> {
                            if (outcome instanceof Outcome.Refused refused
                                    && refused.reason() == Outcome.Reason.NO_NODE) {
                                // Somebody has deleted it: behind all others again.
                                place = null;
                                return take(record);
                            }
                            return CompletableFuture.<Void>completedFuture(null);
                        }))
                .orElseGet(() -> take(record));
    }

    /** Leaves; completes when nothing is left. */
    CompletableFuture<Void> leave() {
        bytes.giveBack();
        return session.children(layout.requests()).thenCompose(children -> {
            CompletableFuture<?>[] gone = children.orElse(Children.NONE).names().stream()
                    .filter(name -> name.startsWith(uuid))
                    .map(name -> Cluster.once(session, s -> s.transaction().delete(layout.requests() + "/" + name)))
                    .toArray(CompletableFuture[]::new);
            return CompletableFuture.allOf(gone);
        });
    }
}

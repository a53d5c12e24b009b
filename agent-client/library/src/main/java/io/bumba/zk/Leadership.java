package io.bumba.zk;

import io.bumba.BumbaException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One candidate for the leader of the coordinators: Curator's LeaderLatch. Of those that stand one leads, the one that has
 * stood longest; when it dies another one follows after its session timeout.
 *
 * <p>It takes turns and decides nothing: a leader that was paused may act for a moment beside its successor. What a leader
 * does must be safe if two do it. Thread-safe.
 */
public final class Leadership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final Pattern INSTANCE = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    /** As Curator compares them; the latch's nodes are made by it alone. */
    private static final Comparator<String> LONGEST_FIRST =
            Comparator.comparing(name -> name.substring(name.lastIndexOf("latch-")));

    private final Connection connection;
    private final LeaderLatch latch;

    private Leadership(Connection connection, String instance) {
        this.connection = connection;
        this.latch = new LeaderLatch(connection.client(), connection.layout().leader(), instance);
    }

    /**
     * Begins to stand; close it to stand down.
     *
     * @param instance the candidate's name, {@code [A-Za-z0-9_.-]}, 1 to 64 characters, unlike all others'
     * @throws IllegalStateException over an application's own client, whose ACLs are not the fleet's
     */
    public static Leadership stand(Connection connection, String instance) {
        if (!INSTANCE.matcher(instance).matches()) {
            throw new IllegalArgumentException(
                    "instance '" + instance + "' is not of the form [A-Za-z0-9_.-], 1 to 64 characters");
        }
        if (!connection.isOurs()) {
            throw new IllegalStateException("to lead takes a connection of its own, not an application's client");
        }
        Leadership candidate = new Leadership(connection, instance);
        try {
            candidate.latch.start();
        } catch (Exception e) {
            throw new BumbaException(BumbaException.Code.PROTOCOL, "cannot stand for leader", e);
        }
        return candidate;
    }

    public String instance() {
        return latch.getId();
    }

    /** Whether this one leads; false from the moment in which its session is suspended. */
    public boolean isLeader() {
        return connection.isLive() && latch.hasLeadership();
    }

    /** Who leads, as the znodes say; empty while nobody stands. For displays. */
    public CompletableFuture<Optional<String>> leader() {
        Session session = connection.session();
        String parent = connection.layout().leader();
        return session.children(parent)
                .thenCompose(children -> children.orElse(Children.NONE).names().stream()
                        .filter(name -> name.contains("latch-"))
                        .min(LONGEST_FIRST)
                        .map(name -> session.read(parent + "/" + name))
                        .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty())))
                .thenApply(node -> node.map(n -> new String(n.data(), StandardCharsets.UTF_8))
                        .filter(name -> INSTANCE.matcher(name).matches()));
    }

    /** Stands down, while the connection is still there: another one leads at once. Idempotent. */
    @Override
    public void close() {
        if (latch.getState() != LeaderLatch.State.STARTED) {
            return;
        }
        try {
            latch.close();
        } catch (IOException e) {
            LOG.warn("could not stand down; the end of the session does it", e);
        }
    }
}

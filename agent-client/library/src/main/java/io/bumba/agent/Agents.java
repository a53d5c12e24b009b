package io.bumba.agent;

import io.bumba.path.Printable;
import io.bumba.zk.Children;
import io.bumba.zk.Cluster;
import io.bumba.zk.Codec;
import io.bumba.zk.Decoded;
import io.bumba.zk.Layout;
import io.bumba.zk.Node;
import io.bumba.zk.Session;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads who is registered. For displays and queries; decides nothing. Thread-safe. */
public final class Agents {
    private static final Logger LOG = LoggerFactory.getLogger(Agents.class);

    private final Supplier<Session> session;
    private final Layout layout;
    private final Cluster cluster;

    public Agents(Supplier<Session> session, Layout layout, Cluster cluster) {
        this.session = session;
        this.layout = layout;
        this.cluster = cluster;
    }

    /** The agents that match, by id. Records that this version cannot read are left out and logged. */
    public List<AgentRecord> list(AgentQuery query) {
        Session now = session.get();
        List<CompletableFuture<Optional<AgentRecord>>> reads =
                cluster.await(now.children(layout.agents()), "list the agents").orElse(Children.NONE).names().stream()
                        .map(name -> now.read(layout.agent(name)).thenApply(node -> decode(name, node)))
                        .toList();
        cluster.await(CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new)), "read the agents");
        return reads.stream()
                .flatMap(read -> read.join().stream())
                .filter(query::matches)
                .sorted(Comparator.comparing(AgentRecord::id))
                .toList();
    }

    public Optional<AgentRecord> find(AgentId id) {
        return decode(id.value(), cluster.await(session.get().read(layout.agent(id.value())), "read " + id));
    }

    private static Optional<AgentRecord> decode(String name, Optional<Node> node) {
        return node.flatMap(found -> {
            Decoded<AgentRecord> record = Codec.decode(found.data(), AgentRecord.class);
            if (record.value().isEmpty()) {
                LOG.warn("agent {} has a record that this version cannot read: {}", Printable.of(name), record);
            }
            return record.value();
        });
    }
}

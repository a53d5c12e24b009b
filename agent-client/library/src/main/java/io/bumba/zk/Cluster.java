package io.bumba.zk;

import io.bumba.BumbaConfig;
import io.bumba.BumbaException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The layout's fixed znodes: makes what is missing, reads the cluster's identity and the workspace's settings. */
public final class Cluster {
    /** Two clusters are two lock worlds; a tree is bound to one. */
    private record Identity(String clusterId, String createdAt) {}

    /** The ledger's data while there never was a territory. */
    private record NoChanges(List<String> changes) {}

    private final Layout layout;
    private final Duration patience;

    public Cluster(Layout layout, Duration patience) {
        this.layout = layout;
        this.patience = patience;
    }

    /** Makes what is missing. Idempotent, and safe against others who do the same. */
    public void ensure(Session session, InstantSource clock, WorkspaceSettings settings) {
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        String id = HexFormat.of().formatHex(random);
        String root = layout.root();
        for (int slash = root.indexOf('/', 1); slash > 0; slash = root.indexOf('/', slash + 1)) {
            create(session, root.substring(0, slash), new byte[0]);
        }
        create(session, root, new byte[0]);
        create(
                session,
                layout.cluster(),
                Codec.encode(new Identity(id, clock.instant().toString())));
        for (String path : List.of(layout.agents(), layout.coordinators(), layout.workspaces())) {
            create(session, path, new byte[0]);
        }
        create(session, layout.home(), Codec.encode(settings));
        for (String path : List.of(
                layout.locks(),
                layout.waits(),
                layout.breaks(),
                layout.revocations(),
                layout.accesses(),
                layout.requests(),
                layout.clock())) {
            create(session, path, new byte[0]);
        }
        create(session, layout.territories(), Codec.encode(new NoChanges(List.of())));
    }

    public String id(Session session) {
        return read(session, layout.cluster(), Identity.class).clusterId();
    }

    public WorkspaceSettings settings(Session session) {
        return read(session, layout.home(), WorkspaceSettings.class);
    }

    /** The names of all workspaces. */
    public List<String> workspaces(Session session) {
        return await(session.children(layout.workspaces()), "list the workspaces")
                .orElse(Children.NONE)
                .names()
                .stream()
                .filter(BumbaConfig::isWorkspace)
                .sorted()
                .toList();
    }

    public void write(Session session, WorkspaceSettings settings) {
        Outcome outcome = await(
                once(session, s -> s.transaction().set(layout.home(), Codec.encode(settings))), "write the settings");
        if (outcome instanceof Outcome.Refused refused) {
            throw Session.refused("write the settings of " + layout.workspace(), refused.reason());
        }
    }

    /**
     * The value, within the operation timeout.
     *
     * @throws BumbaException UNAVAILABLE when it does not come in time, SESSION_LOST when the session ended
     */
    public <T> T await(CompletableFuture<T> future, String what) {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BumbaException(BumbaException.Code.UNAVAILABLE, "interrupted while waiting to " + what, e);
        } catch (TimeoutException e) {
            throw new BumbaException(
                    BumbaException.Code.UNAVAILABLE,
                    "ZooKeeper did not answer within " + patience.toMillis() + " ms to " + what
                            + "; no quorum, or no connection: nothing was granted, try again",
                    e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SessionOverException) {
                throw new BumbaException(
                        BumbaException.Code.SESSION_LOST, "the ZooKeeper session ended before it could " + what, e);
            }
            if (e.getCause() instanceof BumbaException known) {
                throw known.here();
            }
            throw new BumbaException(BumbaException.Code.PROTOCOL, "could not " + what, e);
        }
    }

    /** Repeats an idempotent transaction until its outcome is known. */
    public static CompletableFuture<Outcome> once(Session session, Function<Session, Transaction> idempotent) {
        return session.commit(idempotent.apply(session)).thenCompose(outcome -> {
            if (outcome instanceof Outcome.Unknown) {
                return session.whenLive().thenCompose(live -> once(session, idempotent));
            }
            if (outcome instanceof Outcome.Over) {
                return CompletableFuture.failedFuture(new SessionOverException());
            }
            return CompletableFuture.completedFuture(outcome);
        });
    }

    private void create(Session session, String path, byte[] data) {
        Outcome outcome = await(
                session.read(path)
                        .thenCompose(node -> node.isPresent()
                                ? CompletableFuture.completedFuture(new Outcome.Committed(0, List.of()))
                                : once(session, s -> s.transaction().persistent(path, data))),
                "make " + path);
        if (outcome instanceof Outcome.Refused refused && refused.reason() != Outcome.Reason.NODE_EXISTS) {
            throw Session.refused("make " + path, refused.reason());
        }
    }

    private <T> T read(Session session, String path, Class<T> type) {
        Node node = await(session.read(path), "read " + path)
                .orElseThrow(() -> new BumbaException(
                        BumbaException.Code.PROTOCOL, path + " has gone; somebody deleted the layout of this cluster"));
        Decoded<T> decoded = Codec.decode(node.data(), type);
        return decoded.value()
                .orElseThrow(() -> new BumbaException(
                        BumbaException.Code.UNSUPPORTED,
                        path + " holds what this version cannot read (" + decoded
                                + "); use the version that wrote it"));
    }
}

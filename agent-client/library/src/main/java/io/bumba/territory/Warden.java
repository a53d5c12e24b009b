package io.bumba.territory;

import io.bumba.BumbaException;
import io.bumba.event.Event;
import io.bumba.event.Events;
import io.bumba.path.Printable;
import io.bumba.zk.Async;
import io.bumba.zk.Children;
import io.bumba.zk.Cluster;
import io.bumba.zk.Codec;
import io.bumba.zk.Layout;
import io.bumba.zk.Outcome;
import io.bumba.zk.Session;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What operators and coordinators do to territories of others: revoke, sweep, and set the policy. Thread-safe.
 */
public final class Warden {
    /** The longest time to finish that a revocation may leave. */
    public static final Duration MAX_GRACE = Duration.ofDays(1);

    private static final int MAX_WORDS = 500;

    private final Supplier<Session> session;
    private final Layout layout;
    private final Cluster cluster;
    private final Ledger ledger;
    private final Events events;
    private final InstantSource time;
    private final ScheduledExecutorService clock;

    public Warden(
            Supplier<Session> session,
            Layout layout,
            Cluster cluster,
            Ledger ledger,
            Events events,
            InstantSource time,
            ScheduledExecutorService clock) {
        this.session = session;
        this.layout = layout;
        this.cluster = cluster;
        this.ledger = ledger;
        this.events = events;
        this.time = time;
        this.clock = clock;
    }

    /**
     * Ends a territory. Its owner is told, and may finish and release it within the grace; then it ends, unless it grants
     * locks from memory: then it ends by its owner's word or with its owner's session. The transaction that tells the owner
     * makes the {@linkplain Revocations record}: what is revoked is on record before anything ends (P16).
     *
     * @param by who says so
     * @param reason why, not blank
     * @throws IllegalArgumentException for a blank reason, or a grace that is negative or over {@link #MAX_GRACE}
     * @throws BumbaException when the servers do not answer
     */
    public RevokeResult revoke(String id, String by, String reason, Duration grace) {
        checkOrder(by, reason, grace);
        Session now = session.get();
        Revocation revocation = new Revocation(by, reason, time.instant(), grace.toMillis());
        String act = UUID.randomUUID().toString().replace("-", "").substring(0, 16);
        RevokeResult told = cluster.await(
                refreshed(now)
                        .thenCompose(read -> ledger.amend(now, (atlas, version) -> mark(atlas, id, revocation, act))),
                "revoke territory " + Printable.of(id));
        if (!(told instanceof RevokeResult.Told marked)) {
            return told;
        }
        events.publish(new Event.TerritoryRevoked(time.instant(), marked.owner(), id, by, reason));
        if (grace.isZero() && !marked.local()) {
            return cluster.await(end(now, id), "end territory " + id)
                    ? new RevokeResult.Ended(id, marked.owner())
                    : told;
        }
        java.util.concurrent.Future<?> unused =
                clock.schedule(() -> Async.then(end(now, id), ended -> {}), grace.toMillis(), TimeUnit.MILLISECONDS);
        return told;
    }

    /** What {@link #revoke} demands of an order, without carrying it out. */
    public static void checkOrder(String by, String reason, Duration grace) {
        checkWords("by", by);
        checkWords("reason", reason);
        if (grace.isNegative() || grace.compareTo(MAX_GRACE) > 0) {
            throw new IllegalArgumentException(
                    "a grace of " + grace + " is not between 0 and " + MAX_GRACE + " (MAX_GRACE)");
        }
    }

    private static void checkWords(String what, String value) {
        if (value.isBlank()
                || value.length() > MAX_WORDS
                || value.codePoints().anyMatch(c -> !Printable.isPrintable(c))) {
            throw new IllegalArgumentException(what + " '" + Printable.of(value) + "' is not one line of 1 to "
                    + MAX_WORDS + " printable characters");
        }
    }

    private Step<RevokeResult> mark(Atlas atlas, String id, Revocation revocation, String act) {
        Optional<Territory> found = atlas.find(id);
        if (found.isEmpty()) {
            return new Step.Answer<>(new RevokeResult.NotFound(id));
        }
        TerritoryRecord record = found.get().record();
        RevokeResult told = new RevokeResult.Told(id, record.owner(), revocation.graceMillis(), record.local());
        if (record.revocation().equals(Optional.of(revocation))) {
            return new Step.Answer<>(told);
        }
        TerritoryRecord marked =
                record.draft().revocation(Optional.of(revocation)).done();
        return new Step.Amend<>(
                List.of(new Edit.Update(found.get(), marked, Edit.Owner.EITHER)),
                more -> more.persistent(
                        layout.revoked(id, act), Codec.encode(RevocationRecord.of(id, record, revocation, act))),
                done -> told,
                refused -> {
                    throw new BumbaException(
                            BumbaException.Code.PROTOCOL,
                            "the revocation of territory " + id + " cannot be recorded, so nothing was changed: "
                                    + layout.revocations()
                                    + " is missing; connect to that workspace once, which makes it");
                });
    }

    /** Ends it if it is revoked and can be ended by others. */
    private CompletableFuture<Boolean> end(Session now, String id) {
        return ledger.amend(now, (atlas, version) -> {
            Optional<Territory> found = atlas.find(id)
                    .filter(known -> known.record().revocation().isPresent()
                            && !known.record().local());
            return found.isPresent()
                    ? new Step.Amend<>(
                            Ledger.removal(atlas, found.get(), Edit.Owner.EITHER),
                            more -> {},
                            done -> true,
                            refused -> false)
                    : new Step.Answer<>(atlas.find(id).isEmpty());
        });
    }

    /**
     * Ends territories whose owners have gone, marks orphans, ends those whose grace is over and those revoked that their
     * owners have not given back in time, and takes back changes that never came to their second step. For the leading
     * coordinator, from time to time; everybody who meets one of these does the same.
     *
     * @return how many were dealt with
     * @throws BumbaException when the servers do not answer
     */
    public int sweep() {
        Session now = session.get();
        int swept = cluster.await(ledger.sweep(now), "sweep the territories");
        List<Territory> revoked = ledger.look((atlas, version) -> atlas.stream()
                .filter(territory -> territory.record().revocation().isPresent()
                        && !territory.record().local())
                .toList());
        for (Territory territory : revoked) {
            long grace = territory.record().revocation().orElseThrow().graceMillis();
            boolean over = cluster.await(ledger.isOlder(now, territory, grace), "look at the time");
            if (over && cluster.await(end(now, territory.id()), "end territory " + territory.id())) {
                swept++;
            }
        }
        return swept + forgetAccesses(now);
    }

    /** What MONITORED territories recorded goes with them. */
    private int forgetAccesses(Session now) {
        int forgotten = 0;
        for (String id : children(now, layout.accesses())) {
            String node = layout.accesses(id);
            boolean ended = cluster.await(now.read(layout.territory(id)), "look for territory " + id)
                    .isEmpty();
            if (ended) {
                for (String record : children(now, node)) {
                    delete(now, node + "/" + record);
                }
                delete(now, node);
                forgotten++;
            }
        }
        return forgotten;
    }

    private List<String> children(Session now, String node) {
        return cluster.await(now.children(node), "list " + node)
                .orElse(Children.NONE)
                .names();
    }

    private void delete(Session now, String node) {
        Outcome unused = cluster.await(Cluster.once(now, s -> s.transaction().delete(node)), "delete " + node);
    }

    /** The policy of the workspace. */
    public Policy policy() {
        return Policy.read(cluster.await(session.get().read(layout.policy()), "read the policy"));
    }

    /** Sets the policy of the workspace. Territories that stand are left as they are. */
    public void writePolicy(Policy policy) {
        Session now = session.get();
        byte[] data = Codec.encode(policy);
        Outcome outcome = cluster.await(
                now.read(layout.policy())
                        .thenCompose(node -> Cluster.once(
                                now,
                                s -> node.isPresent()
                                        ? s.transaction().set(layout.policy(), data)
                                        : s.transaction().persistent(layout.policy(), data))),
                "write the policy");
        if (outcome instanceof Outcome.Refused refused) {
            if (refused.reason() == Outcome.Reason.NO_AUTH) {
                throw Session.refused("write the policy", refused.reason());
            }
            // Somebody else made it or deleted it in between.
            writePolicy(policy);
        }
    }

    private CompletableFuture<Void> refreshed(Session now) {
        return ledger.load(now).thenCompose(loaded -> ledger.refresh(now));
    }
}

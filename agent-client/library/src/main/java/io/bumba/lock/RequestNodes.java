package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.path.RepoPath;
import io.bumba.zk.Children;
import io.bumba.zk.Cluster;
import io.bumba.zk.Codec;
import io.bumba.zk.EphemeralBudget;
import io.bumba.zk.Node;
import io.bumba.zk.Outcome;
import io.bumba.zk.Session;
import io.bumba.zk.SessionOverException;
import io.bumba.zk.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The znodes of one request: a contender in the line or a place in the queue, and while it waits its wait node. Each
 * method is one transaction; when its future completes, the fields say what stands. A transaction is never repeated: an
 * outcome that is not known is resolved by a barrier and a look for our uuid.
 *
 * <p>One method at a time, by the step under way in {@link Acquisition}; {@link #seal} by anybody.
 */
final class RequestNodes {
    /** Refusals that another look should mend: reaped containers, ledger changes. More mean that it does not. */
    static final int MAX_ATTEMPTS = 50;

    /**
     * How often the ledger may have changed between the look and the transaction. Each time somebody else's change went
     * through, so the fleet makes progress; and those who allocate take turns, with a read before each write, so among a
     * thousand of them the next attempt has its chance.
     */
    static final int MAX_STALE = 100;

    /** After so many of them it waits for its turn among those who change territories. */
    private static final int POLITE_AFTER = 3;

    /** How a method ended that did not fail. */
    enum Moved {
        /** What stands is known; not necessarily what was wanted. */
        SETTLED,
        /** Somebody else deleted what stood. */
        REMOVED
    }

    private final Workshop shop;
    private final Session session;
    private final String agent;
    private final RepoPath path;
    private final LockOptions options;
    private final String uuid = UUID.randomUUID().toString();
    private final String own = uuid.substring(0, Contender.OWN);
    private final String lockNode;
    private final String queueNode;
    private final ContenderData record;
    private final byte[] data;
    private final EphemeralBudget.Share bytes;
    private final AccessRecords accesses;

    private volatile @Nullable String contender;
    private volatile @Nullable String place;
    private volatile @Nullable FencingToken token;
    private volatile @Nullable WaitNode wait;
    private volatile @Nullable CompletableFuture<Listings> seenBehind;
    private boolean waitStands;
    private boolean inLine;
    private int attempts;
    private int stale;

    private final Object lock = new Object();
    private boolean sealed;
    /** A transaction was sent whose outcome is not yet noted in the fields above. */
    private boolean unsure;

    /** @throws io.bumba.BumbaException LIMIT when the session has no bytes left for the contender's path */
    RequestNodes(Workshop shop, Session session, String agent, RepoPath path, LockOptions options) {
        this.shop = shop;
        this.session = session;
        this.agent = agent;
        this.path = path;
        this.options = options;
        this.lockNode = shop.layout().lock(path);
        this.queueNode = shop.layout().queue(path);
        this.record = ContenderData.of(agent, options, shop.time().instant());
        this.data = Codec.encode(record);
        this.accesses = new AccessRecords(shop, session, agent, path);
        this.bytes = session.budget().take(lockNode + "/" + Contender.prefix(uuid, options.mode()));
    }

    @Nullable
    String contender() {
        return contender;
    }

    @Nullable
    String place() {
        return place;
    }

    /** The token of the contender. */
    @Nullable
    FencingToken token() {
        return token;
    }

    /** Where the request says that it waits; null before it waits. */
    @Nullable
    WaitNode waitNode() {
        return wait;
    }

    /** Whether others can see that it waits. */
    boolean hasDeclaredWait() {
        return waitStands;
    }

    /** Whether it keeps its place in the line whatever comes. */
    boolean inLine() {
        return inLine;
    }

    void stayInLine() {
        inLine = true;
    }

    boolean stands() {
        return contender != null || place != null;
    }

    /** Out of the queue, if in it, and into the line, provided that the territories still are those that said so. */
    CompletableFuture<Moved> contend(Passage.Open passage) {
        return stale < POLITE_AFTER
                ? contendOn(passage)
                : shop.borders().inTurn(session, agent, path, options.mode(), this::contendOn, Moved.SETTLED);
    }

    private CompletableFuture<Moved> contendOn(Passage.Open passage) {
        List<String> chain = chain(lockNode);
        chain.addAll(accesses.parents(passage));
        return shop.containers()
                .missing(session, chain)
                .thenApply(missing -> {
                    Transaction tx = session.transaction().check(shop.borders().ledger(), passage.version());
                    missing.forEach(tx::container);
                    String from = place;
                    if (from != null) {
                        tx.delete(queueNode + "/" + from);
                    }
                    String name = from != null ? own + Contender.PROMOTED : uuid;
                    accesses.add(tx, passage, options.mode());
                    return tx.set(lockNode, new byte[0])
                            .ephemeralSequential(lockNode + "/" + Contender.prefix(name, options.mode()), data);
                })
                .thenCompose(this::sendAndLook)
                .thenCompose(outcome -> settle(outcome, chain, committed -> {
                    contender = last(committed.created());
                    token = new FencingToken(committed.zxid());
                    inLine = place != null;
                    place = null;
                    accesses.trim(passage, committed.created());
                }))
                .thenApply(how -> {
                    if (contender != null) {
                        accesses.made(passage, options.mode());
                    }
                    return how;
                });
    }

    /** Out of the line, if in it, and into the queue; says what it waits for. */
    CompletableFuture<Moved> enqueue() {
        WaitNode waiting = takeWaitNode();
        List<String> chain = chain(queueNode);
        chain.add(waiting.parent());
        return shop.containers()
                .missing(session, chain)
                .thenCompose(missing -> {
                    Transaction tx = session.transaction();
                    if (contender != null) {
                        tx.delete(lockNode + "/" + contender);
                    }
                    missing.forEach(tx::container);
                    if (!waitStands) {
                        tx.ephemeral(waiting.path(), waiting.data());
                    }
                    return sendAndLook(tx.ephemeralSequential(
                            queueNode + "/" + QueuePlace.prefix(uuid, options.mode(), options.priority()), data));
                })
                .thenCompose(outcome -> settle(outcome, chain, committed -> {
                    place = last(committed.created());
                    contender = null;
                    waitStands = true;
                }));
    }

    /** To the next priority, keeping the order of arrival; does nothing in the line and at the highest priority. */
    CompletableFuture<Moved> raise() {
        Optional<QueuePlace> now = Optional.ofNullable(place).flatMap(QueuePlace::parse);
        Priority higher = now.map(at -> at.priority().raised()).orElse(Priority.CRITICAL);
        if (now.isEmpty() || higher == now.get().priority()) {
            return CompletableFuture.completedFuture(Moved.SETTLED);
        }
        String raised = now.get().raisedTo(higher);
        return sendAndLook(
                        session.transaction().delete(queueNode + "/" + place).ephemeral(queueNode + "/" + raised, data))
                .thenCompose(outcome -> settle(outcome, List.of(), committed -> place = raised));
    }

    /**
     * The children of the lock's node and of the queue.
     *
     * @param queue may be left out where nobody in it matters
     */
    record Listings(List<String> contenders, List<String> queue) {}

    /** Looks who stands there; what was seen right behind the last transaction is a look, once. */
    CompletableFuture<Listings> look() {
        CompletableFuture<Listings> behind = seenBehind;
        seenBehind = null;
        if (behind != null) {
            return behind;
        }
        // Nobody in the queue comes before one in line.
        return inLine && contender != null
                ? listing(lockNode).thenApply(contenders -> new Listings(contenders, List.of()))
                : listings();
    }

    /** The queue first: a waiter that steps into the line between the two is then seen twice, not never. */
    private CompletableFuture<Listings> listings() {
        return listing(queueNode)
                .thenCombine(listing(lockNode), (queue, contenders) -> new Listings(contenders, queue));
    }

    /** Says, of a request that stays in the line, what it waits for. */
    CompletableFuture<Moved> declareWait() {
        if (waitStands) {
            return CompletableFuture.completedFuture(Moved.SETTLED);
        }
        WaitNode waiting = takeWaitNode();
        List<String> chain = List.of(waiting.parent());
        return shop.containers()
                .missing(session, chain)
                .thenCompose(missing -> {
                    Transaction tx = session.transaction();
                    missing.forEach(tx::container);
                    return send(tx.ephemeral(waiting.path(), waiting.data()));
                })
                .thenCompose(outcome -> settle(outcome, chain, committed -> waitStands = true))
                .thenCompose(moved -> moved == Moved.REMOVED || waitStands || contender == null
                        ? CompletableFuture.completedFuture(moved)
                        : declareWait());
    }

    /** Takes away what stands. Completes when it is gone, or fails with the end of the session. */
    CompletableFuture<Void> withdraw() {
        synchronized (lock) {
            if (unsure) {
                return sweep();
            }
        }
        List<String> nodes = new ArrayList<>();
        Optional.ofNullable(contender).ifPresent(name -> nodes.add(lockNode + "/" + name));
        Optional.ofNullable(place).ifPresent(name -> nodes.add(queueNode + "/" + name));
        if (waitStands) {
            Optional.ofNullable(wait).ifPresent(node -> nodes.add(node.path()));
        }
        CompletableFuture<?>[] deletions = nodes.stream()
                .map(node -> Cluster.once(session, s -> s.transaction().delete(node)))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(deletions).thenRun(this::forget);
    }

    /** Removes whatever may be left, when {@link #withdraw} did not. To be called last, after {@link #seal}. */
    CompletableFuture<Void> sweep() {
        return Sweeper.sweep(
                        session,
                        shop.layout(),
                        path,
                        own,
                        Optional.ofNullable(wait).map(WaitNode::path))
                .thenRun(this::forget);
    }

    /** Nothing is sent from now on; what was sent before, a sweep finds behind its barrier. */
    void seal() {
        synchronized (lock) {
            sealed = true;
        }
    }

    /** Whether something may stand. */
    boolean mayStand() {
        synchronized (lock) {
            return unsure || stands() || waitStands;
        }
    }

    /** Looks whether the contender that the recipe may have deleted still stands. */
    CompletableFuture<Moved> recover() {
        return recover(false);
    }

    /** The contender was taken into a {@link Hold}, with the bytes of its path. */
    Hold hold(String standing) {
        FencingToken granted = token;
        if (granted == null) {
            throw new IllegalStateException("a contender without a token");
        }
        Optional<WaitNode> waited = Optional.ofNullable(wait).filter(node -> waitStands);
        String node = lockNode + "/" + standing;
        return new Hold(shop, session, path, options, record, granted, node, bytes, waited);
    }

    /** All is gone, or was never there. */
    void giveBack() {
        bytes.giveBack();
        WaitNode waited = wait;
        if (waited != null) {
            waited.giveBack();
        }
    }

    void forget() {
        contender = null;
        place = null;
        waitStands = false;
        synchronized (lock) {
            unsure = false;
        }
    }

    /** Sends, and looks in the same trip: one session's requests take effect in their order. */
    private CompletableFuture<Outcome> sendAndLook(Transaction transaction) {
        CompletableFuture<Outcome> sent = send(transaction);
        seenBehind = listings();
        return sent;
    }

    private CompletableFuture<Outcome> send(Transaction transaction) {
        synchronized (lock) {
            if (sealed) {
                return CompletableFuture.completedFuture(new Outcome.Unknown());
            }
            unsure = true;
            return session.commit(transaction);
        }
    }

    private CompletableFuture<Moved> settle(
            Outcome outcome, List<String> chain, Consumer<Outcome.Committed> committed) {
        if (outcome instanceof Outcome.Committed done) {
            shop.containers().remember(chain);
            committed.accept(done);
            known();
            return CompletableFuture.completedFuture(Moved.SETTLED);
        }
        seenBehind = null;
        if (outcome instanceof Outcome.Refused refused) {
            known();
            if (refused.reason() == Outcome.Reason.BAD_VERSION) {
                return ++stale > MAX_STALE
                        ? CompletableFuture.failedFuture(tooStale())
                        : shop.borders().refresh(session).thenApply(refreshed -> Moved.SETTLED);
            }
            if (refused.reason() == Outcome.Reason.NO_AUTH || ++attempts > MAX_ATTEMPTS) {
                return CompletableFuture.failedFuture(Session.refused("lock " + path, refused.reason()));
            }
            shop.containers().forget(chain);
            return recover(stands());
        }
        return outcome instanceof Outcome.Over
                ? CompletableFuture.failedFuture(new SessionOverException())
                : recover(false);
    }

    /**
     * Finds out what stands of ours, by our uuid, behind a write.
     *
     * @param stood whether something of ours must still stand, unless somebody else deleted it
     */
    private CompletableFuture<Moved> recover(boolean stood) {
        WaitNode waiting = wait;
        return session.barrier()
                .thenCompose(sure -> listings().thenApply(found -> {
                    contender = ours(found.contenders());
                    place = ours(found.queue());
                    return contender;
                }))
                .thenCompose(name -> readIfThere(name == null ? null : lockNode + "/" + name, node -> {
                    token = new FencingToken(node.czxid());
                    inLine |= Contender.parse(String.valueOf(name))
                            .map(Contender::promoted)
                            .orElse(false);
                }))
                .thenCompose(looked -> {
                    waitStands = false;
                    return readIfThere(waiting == null ? null : waiting.path(), node -> waitStands = true);
                })
                .thenApply(looked -> {
                    known();
                    return stood && !stands() ? Moved.REMOVED : Moved.SETTLED;
                });
    }

    private BumbaException tooStale() {
        return new BumbaException(
                BumbaException.Code.UNAVAILABLE,
                "the territories changed " + MAX_STALE + " times (MAX_STALE) while " + path
                        + " was to be locked; it was not: try again");
    }

    private CompletableFuture<Void> readIfThere(@Nullable String node, Consumer<Node> found) {
        return node == null
                ? CompletableFuture.completedFuture(null)
                : session.read(node).thenAccept(read -> read.ifPresent(found));
    }

    private CompletableFuture<List<String>> listing(String node) {
        return session.children(node)
                .thenApply(children -> children.orElse(Children.NONE).names());
    }

    private @Nullable String ours(List<String> names) {
        return names.stream().filter(name -> name.contains(own)).findFirst().orElse(null);
    }

    private WaitNode takeWaitNode() {
        WaitNode taken = wait;
        if (taken == null) {
            taken = WaitNode.take(session, shop.layout(), agent, uuid, path, shop.time());
            wait = taken;
        }
        return taken;
    }

    private void known() {
        synchronized (lock) {
            unsure = false;
        }
    }

    private List<String> chain(String last) {
        List<String> chain = new ArrayList<>(shop.layout().directories(path));
        chain.add(last);
        return chain;
    }

    private static String last(List<String> created) {
        String node = created.get(created.size() - 1);
        return node.substring(node.lastIndexOf('/') + 1);
    }
}

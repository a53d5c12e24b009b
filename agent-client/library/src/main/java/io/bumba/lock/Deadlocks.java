package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.zk.Async;
import io.bumba.zk.Codec;
import io.bumba.zk.Layout;
import io.bumba.zk.Outcome;
import io.bumba.zk.Session;
import io.bumba.zk.Transaction;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the deadlocks that one agent is in, and breaks each by marking its youngest wait.
 *
 * <p><b>What is guaranteed.</b> A wait is marked only when, at the zxid of the mark, all agents of the circle wait for each
 * other: one transaction checks every znode of every edge, checks that no wait of the circle is marked, and sets the mark.
 * Names are unique, and who stands before whom follows from them, so existence is identity and proves the edge; for a
 * territory {@link Borders#obstacles} says what proves it. Of two that
 * find a circle at once one marks and the other is refused. A circle is found by the last of its agents that wrote,
 * provided that all walk when they must:
 *
 * <ul>
 *   <li>if {@link #needsWalk}: when a request begins to wait, after both its node and its wait stand; when it steps from the
 *       queue into the line; when it raises its priority;
 *   <li>when a request is granted while the agent waits elsewhere;
 *   <li>when the agent begins to wait for a territory, or gets one while it waits elsewhere: {@link FileLocks#walk}.
 * </ul>
 *
 * <p>A circle's znodes are written one after another, and it is there with the last of these writes. Whoever made that one
 * reads in the same session, which sees its own writes and with them every earlier one: so of two that close a circle
 * together the later sees the earlier. What was read at different moments is no proof; hence the transaction.
 *
 * <p><b>How to call.</b> One instance for each agent; {@link #walk} never blocks. A victim learns of it by a watch on its
 * own wait, whose data then has {@link WaitData#deadlock}. It must give up, even if it is granted in that very moment:
 * others count a marked wait as gone.
 *
 * <p><b>Windows and limits.</b> A newcomer's contender that stands first, but will withdraw, counts as a holder for the
 * moment between its creation and its look, unless it is shared and somebody waited before it came. A walk that would take
 * more than {@link #MAX_READS} reads, or follow more than {@link WaitSearch#MAX_CYCLE} agents one behind the other, or is
 * refused more than {@link #MAX_TRIES} times, gives up; the circle then lasts until somebody's time-out.
 *
 * <p>Thread-safe.
 */
final class Deadlocks {
    /** How many listings and nodes one walk reads. */
    static final int MAX_READS = 20_000;

    /** How often a walk begins again because what it read had moved. */
    static final int MAX_TRIES = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Deadlocks.class);
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private final Session session;
    private final Layout layout;
    private final Borders borders;
    private final String agent;
    private final int maxReads;

    private final Object lock = new Object();
    /** Has begun and may have read already; then {@link #next} is to follow. */
    private boolean walking;

    private @Nullable CompletableFuture<List<List<DeadlockLink>>> next;

    Deadlocks(Session session, Layout layout, Borders borders, String agent) {
        this(session, layout, borders, agent, MAX_READS);
    }

    Deadlocks(Session session, Layout layout, Borders borders, String agent, int maxReads) {
        this.borders = borders;
        this.session = session;
        this.layout = layout;
        this.agent = agent;
        this.maxReads = maxReads;
    }

    /**
     * Whether what an agent has just written may have closed a circle. It must have been counted among the agent's others,
     * for its next request, before this is asked.
     *
     * <p>Let the write be the last of a circle's, which leads from this agent to those that block it, and back over one
     * that it blocks. If it holds or waits for something else, that may be how. If it does not, both ways go through this
     * one node, of this one file: {@code before <- node <- behind}. Then {@code behind} waits for {@code before} too, and
     * the circle stood without this node, unless those two do not conflict. That takes a shared one before and an exclusive
     * node, as when a writer of higher priority comes between readers; or both belong to one agent, which upgrades, and
     * then the one before is shared as well.
     *
     * @param line as read after the write; for a newcomer that stays in line the write is that of its wait
     * @param node the child of the lock's node or of the queue's that was written
     * @param hasOthers whether the agent holds another file, or has another request under way, or is entangled by
     *     territories
     */
    static boolean needsWalk(Line line, String node, boolean hasOthers) {
        return hasOthers || line.divides(node);
    }

    /**
     * Breaks every circle that the agent is in; calls while a walk is under way share the one after it.
     *
     * @return the circles that this walk broke, each beginning with its victim; on the session's event thread. Fails with
     *     {@link io.bumba.zk.SessionOverException}, or with {@link BumbaException} when the servers refuse.
     */
    CompletableFuture<List<List<DeadlockLink>>> walk() {
        CompletableFuture<List<List<DeadlockLink>>> mine;
        synchronized (lock) {
            if (next != null) {
                return next;
            }
            mine = new CompletableFuture<>();
            if (walking) {
                next = mine;
                return mine;
            }
            walking = true;
        }
        begin(mine);
        return mine;
    }

    private void begin(CompletableFuture<List<List<DeadlockLink>>> answer) {
        Walk walk = new Walk();
        Async.then(
                walk.search(),
                broken -> {
                    follow();
                    answer.complete(broken);
                },
                failure -> {
                    follow();
                    answer.completeExceptionally(failure);
                });
    }

    private void follow() {
        CompletableFuture<List<List<DeadlockLink>>> following;
        synchronized (lock) {
            following = next;
            next = null;
            walking = following != null;
        }
        if (following != null) {
            begin(following);
        }
    }

    /** Searches and marks until nothing is found. */
    private final class Walk {
        private final List<List<DeadlockLink>> broken = new ArrayList<>();
        private int allowance = maxReads;
        private int tries = MAX_TRIES;

        CompletableFuture<List<List<DeadlockLink>>> search() {
            return new WaitSearch(session, layout, borders, agent, allowance)
                    .run()
                    .thenCompose(found -> {
                        allowance -= found.reads();
                        Optional<WaitGraph.Cycle> cycle = found.cycle();
                        if (cycle.isPresent()) {
                            return mark(cycle.get());
                        }
                        if (found.exhausted()) {
                            return giveUp(
                                    "it would read more than MAX_READS (" + MAX_READS + ") znodes, or follow more than "
                                            + "MAX_CYCLE (" + WaitSearch.MAX_CYCLE + ") agents");
                        }
                        return found.moved() ? again() : done();
                    });
        }

        private CompletableFuture<List<List<DeadlockLink>>> mark(WaitGraph.Cycle cycle) {
            List<DeadlockLink> links = cycle.links();
            CompletableFuture<Outcome> sent;
            try {
                sent = session.commit(breaking(cycle, links));
            } catch (BumbaException tooLarge) {
                LOG.warn("a circle of {} agents is too large for a transaction", links.size(), tooLarge);
                return giveUp("the circle is too large");
            }
            return sent.thenCompose(outcome -> {
                if (outcome instanceof Outcome.Committed) {
                    broken.add(links);
                    return search();
                }
                if (outcome instanceof Outcome.Refused refused) {
                    return refused.reason() == Outcome.Reason.NO_AUTH
                            ? CompletableFuture.failedFuture(Session.refused("break a deadlock", refused.reason()))
                            : again();
                }
                return session.barrier()
                        .thenCompose(sure -> session.read(cycle.victim().node()))
                        .thenCompose(node -> {
                            if (node.flatMap(read -> WaitData.deadlock(read.data()))
                                    .filter(links::equals)
                                    .isPresent()) {
                                broken.add(links);
                                return search();
                            }
                            return again();
                        });
            });
        }

        private Transaction breaking(WaitGraph.Cycle cycle, List<DeadlockLink> links) {
            Set<Map.Entry<String, Integer>> stand = new LinkedHashSet<>();
            Set<String> unmarked = new LinkedHashSet<>();
            for (WaitGraph.Edge edge : cycle.edges()) {
                stand.addAll(edge.proof().entrySet());
                unmarked.add(edge.pending().node());
                edge.blockerWait().map(WaitGraph.Wait::node).ifPresent(unmarked::add);
            }
            Transaction tx = session.transaction();
            stand.forEach(node -> tx.check(node.getKey(), node.getValue()));
            unmarked.forEach(node -> tx.check(node, 0));
            WaitGraph.Wait victim = cycle.victim();
            return tx.set(victim.node(), Codec.encode(victim.data().marked(links)));
        }

        private CompletableFuture<List<List<DeadlockLink>>> again() {
            return tries-- > 0 ? search() : giveUp("what it read moved more than MAX_TRIES (" + MAX_TRIES + ") times");
        }

        private CompletableFuture<List<List<DeadlockLink>>> giveUp(String why) {
            if (SAID.compareAndSet(false, true)) {
                LOG.warn("a search for deadlocks gave up, waits end by their time-outs (said once): {}", why);
            }
            return done();
        }

        private CompletableFuture<List<List<DeadlockLink>>> done() {
            return CompletableFuture.completedFuture(List.copyOf(broken));
        }
    }
}

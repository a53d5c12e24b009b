package io.bumba.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who holds, who stands in line and who queues, from one listing of each; decides who is next. Pure.
 *
 * <p>Contenders are served by sequence and cannot be overtaken. Waiters queue behind them by priority and arrival. The
 * first waiter, with compatible shared ones, may contend as soon as nobody stands in line who would have to wait with it.
 *
 * @param contenders in order of sequence
 * @param queue in order of service
 * @param foreign children of the lock's node that are no contenders
 */
record Line(List<Contender> contenders, List<QueuePlace> queue, List<String> foreign) {

    static Line of(List<String> lockChildren, List<String> queueChildren) {
        List<Contender> contenders = new ArrayList<>();
        List<String> foreign = new ArrayList<>();
        for (String name : lockChildren) {
            Contender.parse(name).ifPresentOrElse(contenders::add, () -> foreign.add(name));
        }
        contenders.sort(Contender.IN_LINE);
        return new Line(
                contenders,
                queueChildren.stream()
                        .flatMap(name -> QueuePlace.parse(name).stream())
                        .sorted(QueuePlace.SERVICE)
                        .toList(),
                foreign);
    }

    /** The stock mutex's node beside which nothing is granted, if there is one. */
    Optional<String> mutex() {
        return foreign.stream().filter(Contender::isMutex).findFirst();
    }

    /** The contenders that hold the lock: the first if it is exclusive, else the shared ones before the first exclusive. */
    List<Contender> holders() {
        return contenders.subList(0, holding());
    }

    /** The contenders that stand in line behind the holders. */
    List<Contender> inLine() {
        return contenders.subList(holding(), contenders.size());
    }

    /**
     * The predicate of Curator's read/write recipe. Once true it stays true while the contender stands: nothing can come
     * before it later.
     */
    boolean holds(String contender) {
        return holders().stream().anyMatch(c -> c.name().equals(contender));
    }

    boolean contains(String contender) {
        return contenders.stream().anyMatch(c -> c.name().equals(contender));
    }

    boolean queues(String place) {
        return queue.stream().anyMatch(p -> p.name().equals(place));
    }

    /** Whether a newcomer must not slip past those who wait already. */
    boolean hasWaiters(Priority atLeast) {
        return queue.stream().anyMatch(place -> place.priority().compareTo(atLeast) >= 0);
    }

    /**
     * Whether a newcomer came between a waiter's look and its step into the line: it stands before one that came out of
     * the queue.
     */
    boolean overtakes(String newcomer) {
        int at = indexOf(newcomer);
        return contenders.stream()
                .skip(at + 1)
                .anyMatch(later -> later.promoted() && later.excludes(contenders.get(at)));
    }

    /** Whether a newcomer that contended now would have to wait or to withdraw. */
    boolean keepsOut(LockMode mode, Priority priority) {
        boolean free = mode == LockMode.EXCLUSIVE
                ? contenders.isEmpty()
                : contenders.stream().noneMatch(Contender::isExclusive);
        return !free || mutex().isPresent() || hasWaiters(priority);
    }

    /**
     * What a contender in line waits for: an exclusive one for its predecessor, a shared one for the nearest exclusive
     * one before it; a stock mutex when nothing else is in the way. Empty when it holds, or does not stand here.
     */
    Optional<String> blockerOfContender(String contender) {
        int at = indexOf(contender);
        if (at < 0) {
            return Optional.empty();
        }
        boolean exclusive = contenders.get(at).isExclusive();
        for (int i = at - 1; i >= 0; i--) {
            if (exclusive || contenders.get(i).isExclusive()) {
                return Optional.of(contenders.get(i).name());
            }
        }
        return mutex();
    }

    /**
     * What a waiter waits for: somebody before it in the queue, or, when it is its turn, somebody in line. One node
     * each, so that a release wakes no crowd. Both empty when it may contend now.
     */
    Blocker blockerOfWaiter(String place) {
        QueuePlace me =
                queue.stream().filter(p -> p.name().equals(place)).findFirst().orElseThrow();
        List<QueuePlace> before = queue.subList(0, queue.indexOf(me));
        for (int i = before.size() - 1; i >= 0; i--) {
            if (me.isExclusive() || before.get(i).isExclusive()) {
                return new Blocker(Optional.empty(), Optional.of(before.get(i).name()));
            }
        }
        if (mutex().isPresent()) {
            return new Blocker(mutex(), Optional.empty());
        }
        List<Contender> waiting = inLine();
        if (me.isExclusive()) {
            // When the last holder goes, the first in line holds, and the line is free for one more.
            return new Blocker(
                    waiting.isEmpty()
                            ? Optional.empty()
                            : Optional.of(holders().get(holding() - 1).name()),
                    Optional.empty());
        }
        return new Blocker(
                waiting.stream()
                        .filter(Contender::isExclusive)
                        .map(Contender::name)
                        .findFirst(),
                Optional.empty());
    }

    /**
     * Everybody who must go before this one can hold: those before it, in line and then in the queue, whose modes conflict
     * with its own. Among them are {@link #blockerOfContender} and {@link #blockerOfWaiter}, stock mutexes aside. Follows
     * from the names alone, so it is true as long as both nodes stand. Empty for a holder.
     */
    List<Standing> blockers(Standing waiting) {
        List<Standing> all = inOrder();
        return all.subList(0, all.indexOf(waiting)).stream()
                .filter(waiting::conflictsWith)
                .toList();
    }

    /** Whether an exclusive node stands behind a shared one and before anybody: those may not have waited for each other. */
    boolean divides(String exclusive) {
        List<Standing> all = inOrder();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).name().equals(exclusive)) {
                return all.get(i).mode() == LockMode.EXCLUSIVE
                        && i + 1 < all.size()
                        && all.subList(0, i).stream().anyMatch(before -> before.mode() == LockMode.SHARED);
            }
        }
        return true;
    }

    /**
     * Without the places of those that stand in line as well, for two listings of different moments, the queue's first:
     * they have stepped over.
     */
    Line settled() {
        Set<String> inLine = contenders.stream().map(Contender::own).collect(Collectors.toSet());
        return new Line(
                contenders,
                queue.stream().filter(place -> !inLine.contains(place.own())).toList(),
                foreign);
    }

    /** Everybody, in the order in which they are served. */
    List<Standing> inOrder() {
        List<Standing> all = new ArrayList<>(contenders);
        all.addAll(queue);
        return all;
    }

    /** The node to watch, a child of the lock's node or of the queue's. */
    record Blocker(Optional<String> contender, Optional<String> waiter) {
        boolean isNone() {
            return contender.isEmpty() && waiter.isEmpty();
        }
    }

    private int holding() {
        if (!contenders.isEmpty() && contenders.get(0).isExclusive()) {
            return 1;
        }
        int shared = 0;
        while (shared < contenders.size() && !contenders.get(shared).isExclusive()) {
            shared++;
        }
        return shared;
    }

    private int indexOf(String contender) {
        for (int i = 0; i < contenders.size(); i++) {
            if (contenders.get(i).name().equals(contender)) {
                return i;
            }
        }
        return -1;
    }
}

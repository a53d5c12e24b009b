package io.bumba.lock;

import io.bumba.path.Printable;
import io.bumba.path.RepoPath;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The answer to a request for a lock. Everything that is expected to happen is one of these; {@link #message()} tells an
 * agent who is in the way, since when, and what to do next.
 */
public sealed interface LockResult {
    RepoPath path();

    /** One line for a person or an agent. */
    String message();

    /** The grant, or empty when there is none. */
    default Optional<LockGrant> grant() {
        return Optional.empty();
    }

    /**
     * The grant.
     *
     * @throws LockRefusedException with {@link #message()} when there is none
     */
    default LockGrant orElseThrow() {
        return grant().orElseThrow(() -> new LockRefusedException(this));
    }

    /** The lock is held. */
    record Granted(LockGrant held) implements LockResult {
        @Override
        public RepoPath path() {
            return held.path();
        }

        @Override
        public Optional<LockGrant> grant() {
            return Optional.of(held);
        }

        @Override
        public String message() {
            return held.path() + " is locked by you, token " + held.token();
        }
    }

    /**
     * Somebody else is in the way, and the request did not want to wait.
     *
     * @param holders who holds the file; empty when only waiters or a foreign lock are in the way
     * @param waiters how many wait already
     * @param foreign the node of a stock {@code InterProcessMutex} beside which nothing is granted, or empty
     */
    record Held(RepoPath path, List<Holder> holders, int waiters, Optional<String> foreign) implements LockResult {
        public Held {
            holders = List.copyOf(holders);
        }

        @Override
        public String message() {
            return Blockers.describe(path, holders, waiters, foreign)
                    + "; wait for it, work on another file, or ask the holder";
        }
    }

    /** The wait ended first. The fields are those of {@link Held}, as last seen. */
    record TimedOut(RepoPath path, List<Holder> holders, int waiters, Optional<String> foreign) implements LockResult {
        public TimedOut {
            holders = List.copyOf(holders);
        }

        @Override
        public String message() {
            return "gave up waiting: " + Blockers.describe(path, holders, waiters, foreign);
        }
    }

    /**
     * Agents waited for each other in a circle, and this request, the youngest of them, gave up so that the others can go
     * on.
     *
     * @param cycle every agent of the circle and the file that it waits for; the last one is blocked by the first
     */
    record Deadlock(RepoPath path, List<DeadlockLink> cycle) implements LockResult {
        public Deadlock {
            cycle = List.copyOf(cycle);
        }

        @Override
        public String message() {
            return "deadlock over " + path + ": "
                    + cycle.stream()
                            .map(link -> link.agent() + " waits for " + link.path() + " behind " + link.blocker())
                            .collect(Collectors.joining(", "))
                    + "; release what you hold, then ask for all files at once (lockAll)";
        }
    }

    /**
     * The agent holds the file shared and asked for it exclusively, and is not alone in the line: two such agents would wait
     * for each other, and who waits in line already must not be passed.
     *
     * @param others who shares the file
     * @param waiters who waits for it
     */
    record UpgradeRefused(RepoPath path, List<Holder> others, List<Waiter> waiters) implements LockResult {
        public UpgradeRefused {
            others = List.copyOf(others);
            waiters = List.copyOf(waiters);
        }

        @Override
        public String message() {
            List<String> names = Stream.concat(
                            others.stream().map(h -> h.agent() + " reads it too"),
                            waiters.stream().map(w -> w.agent() + " waits for it"))
                    .toList();
            return path + " is held shared by yourself and cannot be held exclusively now: "
                    + (names.isEmpty() ? "somebody else stood in line" : String.join(", ", names))
                    + "; release it, then ask for it exclusively";
        }
    }

    /**
     * A territory keeps the agent out; waiting in the line does not help.
     *
     * @param claim the pattern of the territory that the file matches
     */
    record TerritoryForbids(RepoPath path, Claim claim) implements LockResult {
        @Override
        public String message() {
            boolean shared = claim.type().equals("SHARED");
            return path + " lies in the " + Printable.of(claim.type()) + " territory '" + Printable.of(claim.title())
                    + "' (" + Printable.of(claim.territory()) + ") of " + Printable.of(claim.owner()) + " since "
                    + claim.since() + ", by its pattern " + Printable.of(claim.pattern())
                    + (shared ? "; nobody writes in a SHARED territory, its owner neither: " : "; ")
                    + "ask its owner, claim work elsewhere, or wait until it is released (bumba territories)";
        }
    }

    /** The session or the agent ended before an answer; nothing is held. */
    record Lost(RepoPath path, String why) implements LockResult {
        @Override
        public String message() {
            return path + " was not locked: " + why;
        }
    }

    /** Words for what stands in the way. */
    final class Blockers {
        private Blockers() {}

        static String describe(RepoPath path, List<Holder> holders, int waiters, Optional<String> foreign) {
            StringBuilder text = new StringBuilder(path.toString());
            if (foreign.isPresent()) {
                text.append(" is locked by a stock Curator InterProcessMutex (node ")
                        .append(foreign.get())
                        .append("), whose order is not ours; release it there or delete that node");
            } else if (holders.isEmpty()) {
                text.append(
                        waiters > 0
                                ? " is being handed over"
                                : " is not free, and who holds it was not learnt in time");
            } else {
                text.append(" is held by ")
                        .append(holders.stream()
                                .map(h -> h.agent() + " (" + h.mode() + " since " + h.since()
                                        + (h.reason().isEmpty() ? "" : ": " + h.reason()) + ")")
                                .collect(Collectors.joining(", ")));
            }
            return text.append(waiters == 0 ? "" : ", " + waiters + " waiting").toString();
        }
    }
}

package io.bumba.testkit;

import io.bumba.lock.LockMode;
import io.bumba.testkit.LockHistory.Op;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Judges a history of locks by P1 alone, knowing nothing of how they work. Two holds of one path conflict when they are
 * of different agents and not both shared.
 *
 * <p>In n log n: the holds of a path are visited in the order of their grants, and only the earlier hold that ends last
 * and the one with the largest token are looked at, each kept for the foremost agent and for the best of the others. So
 * every hold that violates a rule is reported, with one other that proves it, not with all.
 */
public final class LockChecker {
    /** What was broken. */
    public enum Rule {
        /** Conflicting holds overlap in time. */
        OVERLAP,
        /** A conflicting hold granted later carries a token that is not larger. */
        TOKEN_ORDER,
        /** Two exclusive holds have the same token, and are no reentrant ones of one agent. */
        TOKEN_REUSED
    }

    /** A broken rule, with the two holds that prove it, the one granted earlier first. */
    public record Violation(Rule rule, Op first, Op second) {}

    private static final int SHOWN = 20;

    private LockChecker() {}

    /** All violations, path by path, in the order of time; empty when there is none. */
    public static List<Violation> check(Collection<Op> ops) {
        List<Violation> violations = new ArrayList<>();
        Map<String, List<Op>> byPath = ops.stream().collect(Collectors.groupingBy(Op::path));
        byPath.values().forEach(ofOne -> checkPath(ofOne, violations));
        return violations;
    }

    /** Fails with both holds of the first violations. A history without a hold proves nothing, and fails too. */
    public static void assertNoViolation(LockHistory history) {
        if (history.ops().isEmpty()) {
            throw new AssertionError("the history is empty: nothing was tried");
        }
        List<Violation> violations = check(history.ops());
        if (!violations.isEmpty()) {
            throw new AssertionError(violations.size() + " violations in "
                    + history.ops().size() + " holds:\n"
                    + violations.stream().limit(SHOWN).map(Violation::toString).collect(Collectors.joining("\n")));
        }
    }

    private static void checkPath(List<Op> ops, List<Violation> violations) {
        Earlier ends = new Earlier(Op::endedAt);
        Earlier tokens = new Earlier(Op::token);
        Map<Long, Op> exclusiveByToken = new HashMap<>();
        List<Op> inOrder = ops.stream()
                .sorted(Comparator.comparingLong(Op::grantedAt).thenComparingLong(Op::token))
                .toList();
        for (Op op : inOrder) {
            Op lasting = ends.conflicting(op);
            if (lasting != null && lasting.endedAt() > op.grantedAt()) {
                violations.add(new Violation(Rule.OVERLAP, lasting, op));
            }
            Op newest = tokens.conflicting(op);
            if (newest != null && newest.token() >= op.token()) {
                violations.add(new Violation(Rule.TOKEN_ORDER, newest, op));
            }
            if (op.mode() == LockMode.EXCLUSIVE) {
                Op same = exclusiveByToken.get(op.token());
                if (same != null && !reentrant(same, op)) {
                    violations.add(new Violation(Rule.TOKEN_REUSED, same, op));
                }
                if (same == null || op.endedAt() > same.endedAt()) {
                    exclusiveByToken.put(op.token(), op);
                }
            }
            ends.add(op);
            tokens.add(op);
        }
    }

    /** A reentrant hold is granted while an earlier one of its agent and token lasts. */
    private static boolean reentrant(Op earlier, Op later) {
        return earlier.agent().equals(later.agent()) && earlier.endedAt() >= later.grantedAt();
    }

    /** The earlier holds of a path, of which only those with the largest value matter. */
    private static final class Earlier {
        private final Top exclusive;
        private final Top any;

        Earlier(ToLongFunction<Op> value) {
            exclusive = new Top(value);
            any = new Top(value);
        }

        void add(Op op) {
            any.add(op);
            if (op.mode() == LockMode.EXCLUSIVE) {
                exclusive.add(op);
            }
        }

        /** The one with the largest value among those that conflict. */
        @Nullable
        Op conflicting(Op op) {
            return (op.mode() == LockMode.EXCLUSIVE ? any : exclusive).notOf(op.agent());
        }
    }

    /** The hold with the largest value, and the one with the largest among those of all other agents. */
    private static final class Top {
        private final ToLongFunction<Op> value;
        private @Nullable Op first;
        private @Nullable Op second;

        Top(ToLongFunction<Op> value) {
            this.value = value;
        }

        void add(Op op) {
            if (first == null || first.agent().equals(op.agent())) {
                first = larger(first, op);
            } else if (value.applyAsLong(op) > value.applyAsLong(first)) {
                second = first;
                first = op;
            } else {
                second = larger(second, op);
            }
        }

        @Nullable
        Op notOf(String agent) {
            return first != null && first.agent().equals(agent) ? second : first;
        }

        private Op larger(@Nullable Op present, Op op) {
            return present == null || value.applyAsLong(op) > value.applyAsLong(present) ? op : present;
        }
    }
}

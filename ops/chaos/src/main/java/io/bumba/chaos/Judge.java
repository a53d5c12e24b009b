package io.bumba.chaos;

import io.bumba.chaos.Finding.Rule;
import io.bumba.lock.Priority;
import io.bumba.testkit.LockChecker;
import io.bumba.testkit.LockHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Judges what the clients wrote down, against itself and against what really happened. Pure. */
final class Judge {
    /** How long after a break the holder may not yet know of it. */
    static final Duration NOTICE = Duration.ofSeconds(3);

    private Judge() {}

    /**
     * P1: no two conflicting holds overlap, tokens rise. A hold is claimed for as long as {@code isValid()} said so; one
     * that an operator broke, no longer than until the break. (An agent that asks again while another thread is giving its
     * last count back may be given the same hold, and so the same token: that is no reuse.)
     */
    static List<Finding> holds(LockHistory history, Collection<Break> breaks) {
        LockHistory judged = history.proven();
        for (Break each : breaks) {
            judged = judged.broken(each.path(), each.token(), each.nanos());
        }
        return LockChecker.check(judged.ops()).stream()
                .filter(violation -> violation.rule() != LockChecker.Rule.TOKEN_REUSED
                        || !violation.first().agent().equals(violation.second().agent()))
                .map(violation -> new Finding(
                        Rule.valueOf(violation.rule().name()), violation.first() + " and " + violation.second()))
                .toList();
    }

    /** A holder learns of a break soon, by itself. */
    static List<Finding> told(LockHistory history, Collection<Break> breaks, Replay truth, Duration stood) {
        Set<String> effective = truth.contenders().stream()
                .filter(Contender::wasBroken)
                .map(Judge::key)
                .collect(Collectors.toSet());
        Map<String, Break> byToken = new HashMap<>();
        breaks.stream()
                .filter(each -> effective.contains(key(each.path(), each.token())))
                .forEach(each -> byToken.putIfAbsent(key(each.path(), each.token()), each));
        List<Finding> findings = new ArrayList<>();
        for (LockHistory.Op op : history.ops()) {
            Break broken = byToken.get(key(op.path(), op.token()));
            if (broken != null
                    && op.validAt() - broken.nanos() > NOTICE.plus(stood).toNanos()) {
                findings.add(new Finding(
                        Rule.UNTOLD,
                        op + " was seen valid " + (op.validAt() - broken.nanos()) / 1_000_000
                                + " ms after it was broken"));
            }
        }
        return findings;
    }

    /** Every grant is of a contender of its agent that was first in line at some moment. */
    static List<Finding> grants(LockHistory history, Replay truth) {
        Map<String, Contender> byToken = truth.contenders().stream()
                .collect(Collectors.toMap(Judge::key, Function.identity(), (one, other) -> one));
        List<Finding> findings = new ArrayList<>();
        for (LockHistory.Op op : history.ops()) {
            Contender contender = byToken.get(key(op.path(), op.token()));
            if (contender == null || !contender.agent().equals(op.agent())) {
                findings.add(new Finding(
                        Rule.TOKEN_FOREIGN, op + (contender == null ? " has no contender" : " has " + contender)));
            } else if (!contender.wasFirst()) {
                findings.add(new Finding(Rule.NEVER_HELD, op + " was granted, but never was " + contender + " first"));
            }
        }
        return findings;
    }

    /**
     * A newcomer looks at the queue after it stands in line. Who waited before that, of its priority or higher, and was
     * granted later, waited all the time and was passed. Judged only where the priority of the newcomer is beyond doubt:
     * its agent had one request for the file then.
     */
    static List<Finding> newcomers(LockHistory history, Replay truth) {
        Map<String, LockHistory.Op> granted = new HashMap<>();
        history.ops().forEach(op -> granted.putIfAbsent(key(op.path(), op.token()), op));
        Map<String, List<LockHistory.Request>> requests =
                history.requests().stream().collect(Collectors.groupingBy(r -> r.agent() + " " + r.path()));
        List<Finding> findings = new ArrayList<>();
        for (Contender newcomer : truth.contenders()) {
            LockHistory.Op grant = granted.get(key(newcomer));
            if (newcomer.waited() != null || grant == null) {
                continue;
            }
            List<LockHistory.Request> possible =
                    requests.getOrDefault(grant.agent() + " " + grant.path(), List.of()).stream()
                            .filter(r -> r.token() == grant.token()
                                    || (r.askedAt() <= grant.grantedAt() && r.answeredAt() >= grant.grantedAt()))
                            .toList();
            Set<Priority> priorities =
                    possible.stream().map(LockHistory.Request::priority).collect(Collectors.toCollection(HashSet::new));
            if (possible.isEmpty() || priorities.size() != 1) {
                continue;
            }
            int digit = Queueing.digit(priorities.iterator().next());
            for (Waiter waiter : newcomer.waiters()) {
                Contender later = waiter.became();
                if (waiter.name().digit() <= digit
                        && (waiter.name().exclusive() || newcomer.name().exclusive())
                        && later != null
                        && granted.containsKey(key(later))) {
                    findings.add(new Finding(
                            Rule.NEWCOMER_PASSED, newcomer.file() + ": " + newcomer + " was granted past " + waiter));
                    break;
                }
            }
        }
        return findings;
    }

    /** Every request is answered, within its patience and the grace that is promised. */
    static List<Finding> answers(
            Collection<LockHistory.Request> requests, boolean killed, Duration grace, Duration stood) {
        List<Finding> findings = new ArrayList<>();
        for (LockHistory.Request request : requests) {
            if (request.answeredAt() == LockHistory.OPEN) {
                if (!killed) {
                    findings.add(new Finding(Rule.UNANSWERED, request.toString()));
                }
            } else {
                Duration took = Duration.ofNanos(request.answeredAt() - request.askedAt());
                Duration most = request.patience().plus(grace).plus(stood);
                if (took.compareTo(most) > 0) {
                    findings.add(new Finding(
                            Rule.UNANSWERED,
                            request + " took " + took.toMillis() + " ms, promised are " + most.toMillis()));
                }
            }
        }
        return findings;
    }

    private static String key(Contender contender) {
        return key(contender.file(), contender.czxid());
    }

    private static String key(String path, long token) {
        return path + " " + token;
    }
}

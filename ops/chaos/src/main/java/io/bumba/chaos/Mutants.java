package io.bumba.chaos;

import io.bumba.chaos.Finding.Rule;
import io.bumba.testkit.Jvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** The mistakes that a campaign must find, each with the workload and the faults that make it bite. */
enum Mutants {
    /** A grant is taken for valid whatever has become of its session. */
    SESSION_CHECK_OFF {
        @Override
        Mutant mutant() {
            return Mutant.of(new Patch(
                    "io.bumba.zk.Session",
                    "return state == State.LIVE && nanos.getAsLong() - leaseFrom <= leaseNanos;",
                    "return true;"));
        }

        @Override
        Set<Rule> rules() {
            return EnumSet.of(Rule.OVERLAP);
        }

        @Override
        Plan plan(long seed) {
            return base(seed, Duration.ofSeconds(8), 0, 2)
                    .with(Set.of(Kind.WORKER_SLEEP), Duration.ofMillis(600))
                    .with(new Workload(3, 1, 0, 0, 4_000, 1_200, 1_200, 0))
                    .withSession(Duration.ofMillis(1_200));
        }
    },

    /** A release whose outcome is not known is taken for done. */
    RELEASE_FORGETS {
        @Override
        Mutant mutant() {
            return Mutant.of(new Patch("io.bumba.lock.Hold", """
                    return session.whenLive()
                                        .thenCompose(live -> delete(false))""", """
                    return CompletableFuture.completedFuture(true)"""));
        }

        @Override
        Set<Rule> rules() {
            return EnumSet.of(Rule.LEFT_OVER);
        }

        @Override
        Plan plan(long seed) {
            return base(seed, Duration.ofSeconds(5), 2, 0)
                    .with(Set.of(Kind.LOSE_REQUEST), Duration.ofMillis(400))
                    .with(new Workload(3, 6, 0, 60, 300, 2, 2, 0));
        }
    },

    /** A transaction whose reply was lost is sent once more, as Curator's retry loop does. */
    RETRY_LOOP {
        @Override
        Mutant mutant() {
            return Mutant.of(new Patch("io.bumba.lock.RequestNodes", "return session.commit(transaction);", """
                    return session.commit(transaction).thenCompose(outcome -> outcome instanceof Outcome.Unknown
                                        ? session.whenLive().thenCompose(live -> session.commit(transaction))
                                        : CompletableFuture.completedFuture(outcome));"""));
        }

        @Override
        Set<Rule> rules() {
            return EnumSet.of(Rule.TWO_PLACES, Rule.LEFT_OVER);
        }

        @Override
        Plan plan(long seed) {
            return base(seed, Duration.ofSeconds(4), 2, 0)
                    .with(Set.of(Kind.LOSE_REPLY), Duration.ofMillis(400))
                    .with(new Workload(3, 6, 0, 60, 300, 2, 2, 0));
        }
    },

    /** The line is sorted by priority, so that a newcomer passes the holder. */
    QUEUE_IN_THE_MUTEX {
        @Override
        Mutant mutant() {
            return Mutant.of(
                    new Patch("io.bumba.lock.Contender", "IN_LINE = (a, b) -> a.sequence - b.sequence;", """
                            IN_LINE = (a, b) -> a.name.charAt(3) != b.name.charAt(3) && a.name.startsWith("_c_")
                                    ? a.name.charAt(3) - b.name.charAt(3)
                                    : a.sequence - b.sequence;"""),
                    new Patch(
                            "io.bumba.lock.RequestNodes",
                            "private final String own = uuid.substring(0, Contender.OWN);",
                            "private final String own = uuid.substring(1, Contender.OWN);"),
                    new Patch(
                            "io.bumba.lock.RequestNodes",
                            "String name = from != null ? own + Contender.PROMOTED : uuid;",
                            """
                            String name = (3 - options.priority().ordinal())
                                    + (from != null ? own + Contender.PROMOTED : uuid.substring(1));"""));
        }

        @Override
        Set<Rule> rules() {
            return EnumSet.of(Rule.OVERLAP, Rule.NEVER_HELD);
        }

        @Override
        Plan plan(long seed) {
            return base(seed, Duration.ofSeconds(2), 2, 0).with(new Workload(3, 1, 0, 60, 1_000, 30, 30, 0));
        }
    },

    /** A newcomer takes what others wait for. */
    NEWCOMERS_PASS {
        @Override
        Mutant mutant() {
            return Mutant.of(new Patch(
                    "io.bumba.lock.Line",
                    "return queue.stream().anyMatch(place -> place.priority().compareTo(atLeast) >= 0);",
                    "return false;"));
        }

        @Override
        Set<Rule> rules() {
            return EnumSet.of(Rule.NEWCOMER_PASSED);
        }

        @Override
        Plan plan(long seed) {
            return base(seed, Duration.ofSeconds(2), 2, 0).with(new Workload(4, 1, 0, 30, 1_000, 5, 5, 0));
        }
    },

    /** Who came last is served first. */
    LAST_COME_FIRST {
        @Override
        Mutant mutant() {
            return Mutant.of(new Patch(
                    "io.bumba.lock.QueuePlace",
                    "thenComparing((a, b) -> a.sequence - b.sequence);",
                    "thenComparing((a, b) -> b.sequence - a.sequence);"));
        }

        @Override
        Set<Rule> rules() {
            return EnumSet.of(Rule.QUEUE_ORDER);
        }

        @Override
        Plan plan(long seed) {
            return base(seed, Duration.ofSeconds(2), 2, 0).with(new Workload(5, 1, 0, 0, 1_500, 10, 10, 0));
        }
    };

    abstract Mutant mutant();

    /** One of these must be found. */
    abstract Set<Rule> rules();

    /** Where it bites. */
    abstract Plan plan(long seed);

    Path compile(Path sources, Path directory) {
        return mutant().compile(sources, Jvm.classpath(), directory);
    }

    private static Plan base(long seed, Duration duration, int steady, int mortal) {
        return new Plan(
                seed,
                duration,
                steady,
                mortal,
                Duration.ofSeconds(4),
                Set.of(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(3),
                Workload.usual());
    }
}

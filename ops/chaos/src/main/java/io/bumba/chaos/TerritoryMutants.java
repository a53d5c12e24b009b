package io.bumba.chaos;

import io.bumba.chaos.Finding.Rule;
import io.bumba.testkit.Jvm;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The mistakes that races must find, each with the races in which it bites. */
enum TerritoryMutants {
    /** A contender comes whatever the ledger has become since the look at it. */
    LEDGER_UNCHECKED {
        @Override
        Mutant mutant() {
            return Mutant.of(new Patch(
                    "io.bumba.lock.RequestNodes",
                    "session.transaction().check(shop.borders().ledger(), passage.version());",
                    "session.transaction();"));
        }

        @Override
        Set<Rule> rules() {
            return EnumSet.of(Rule.LOCK_INSIDE);
        }

        @Override
        RacePlan plan(long seed) {
            return races(seed, RaceKind.ALLOCATE_LOCK, RaceKind.RESIZE_LOCK);
        }
    },

    /** A reader becomes a writer whatever the ledger has become. */
    UPGRADE_UNCHECKED {
        @Override
        Mutant mutant() {
            return Mutant.of(new Patch("io.bumba.lock.Conversion", """
                    .check(shop.borders().ledger(), passage.version())
                                            .check(lockNode, found.version());""", """
                    .check(lockNode, found.version());"""));
        }

        @Override
        Set<Rule> rules() {
            return EnumSet.of(Rule.LOCK_INSIDE);
        }

        @Override
        RacePlan plan(long seed) {
            return races(seed, RaceKind.SHARED_UPGRADE);
        }
    },

    /** Nobody looks who stands in the area before it comes into force. */
    OCCUPANTS_UNSEEN {
        @Override
        Mutant mutant() {
            return Mutant.of(new Patch("io.bumba.territory.TwoSteps", "if (others.isEmpty()) {", "if (true) {"));
        }

        @Override
        Set<Rule> rules() {
            return EnumSet.of(Rule.LOCK_INSIDE);
        }

        @Override
        RacePlan plan(long seed) {
            return races(seed, RaceKind.ALLOCATE_LOCK, RaceKind.RESIZE_LOCK);
        }
    },

    /** The ledger is written whatever its version. */
    LEDGER_OVERWRITTEN {
        @Override
        Mutant mutant() {
            return Mutant.of(new Patch(
                    "io.bumba.territory.LedgerWriting",
                    "tx.set(layout.territories(), Codec.encode(page), version);",
                    "tx.set(layout.territories(), Codec.encode(page));"));
        }

        @Override
        Set<Rule> rules() {
            return EnumSet.of(Rule.TERRITORIES_OVERLAP);
        }

        @Override
        RacePlan plan(long seed) {
            return races(seed, RaceKind.ALLOCATE_ALLOCATE, RaceKind.RESIZE_ALLOCATE);
        }
    },

    /** A refusal is not confirmed. */
    REFUSED_BY_HEARSAY {
        @Override
        Mutant mutant() {
            return Mutant.of(new Patch(
                    "io.bumba.territory.TwoSteps",
                    "return ledger.confirm(session, blocked.version(), territories)"
                            + " .thenCompose(confirmed -> confirmed ? hindered(by) : run());",
                    "return hindered(by);"));
        }

        @Override
        Set<Rule> rules() {
            return EnumSet.of(Rule.REFUSED_FOR_NOTHING);
        }

        @Override
        RacePlan plan(long seed) {
            return races(seed, RaceKind.ALLOCATE_AFTER_RELEASE);
        }
    };

    abstract Mutant mutant();

    /** One of these must be found. */
    abstract Set<Rule> rules();

    /** Where it bites. */
    abstract RacePlan plan(long seed);

    Path compile(Path sources, Path directory) {
        return mutant().compile(sources, Jvm.classpath(), directory);
    }

    private static RacePlan races(long seed, RaceKind... kinds) {
        return new RacePlan(seed, 4, 100, 3, List.of(kinds));
    }
}

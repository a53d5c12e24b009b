package io.bumba.coordinator;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bumba.lock.LocalArea;
import io.bumba.lock.LockEntry;
import io.bumba.path.PathPattern;
import io.bumba.path.PathPatterns;
import io.bumba.territory.Explanation;
import io.bumba.territory.Policy;
import io.bumba.territory.Revocation;
import io.bumba.territory.RevocationRecord;
import io.bumba.territory.RevokeResult;
import io.bumba.territory.TerritoriesView;
import io.bumba.territory.TerritoryState;
import io.bumba.territory.TerritoryType;
import io.bumba.territory.TerritoryView;
import io.bumba.territory.WaitingView;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The JSON of the API about territories: pure functions. */
final class TerritoryAnswers {
    /** How many patterns of each territory a list shows. */
    static final int PATTERNS_LISTED = 100;

    private TerritoryAnswers() {}

    /**
     * What the status says.
     *
     * @param orphans whose owners have gone, and which are kept for them
     * @param waiting requests for territories
     */
    record Counts(int total, SortedMap<TerritoryType, Long> byType, long pending, long orphans, int waiting) {
        static Counts of(TerritoriesView view) {
            return new Counts(
                    view.territories().size(),
                    view.territories().stream()
                            .collect(Collectors.groupingBy(TerritoryView::type, TreeMap::new, Collectors.counting())),
                    in(view, TerritoryState.PENDING),
                    in(view, TerritoryState.ORPHANED),
                    view.waiting().size());
        }

        private static long in(TerritoriesView view, TerritoryState state) {
            return view.territories().stream()
                    .filter(territory -> territory.state() == state)
                    .count();
        }
    }

    record TerritoryList(
            Answers.AsOf asOf,
            int ledgerVersion,
            List<Territory> territories,
            boolean truncated,
            List<Waiting> waiting,
            boolean waitingTruncated) {}

    record OneTerritory(Answers.AsOf asOf, int ledgerVersion, Territory territory) {}

    /**
     * A territory; the names are those of {@link TerritoryView}.
     *
     * @param patterns in a list at most {@link #PATTERNS_LISTED}; {@code patternCount} says how many there are
     */
    record Territory(
            String id,
            String title,
            TerritoryType type,
            TerritoryState state,
            String owner,
            boolean ownerLives,
            List<String> patterns,
            int patternCount,
            List<String> pending,
            @JsonInclude @Nullable String parent,
            List<String> admitted,
            Instant since,
            long ageMillis,
            long orphanGraceMillis,
            boolean local,
            @JsonInclude @Nullable Revocation revocation,
            @JsonInclude @Nullable String offer,
            int locks,
            int waiters,
            int contested,
            @JsonInclude LocalArea.@Nullable Counts localCounts) {
        static Territory whole(TerritoryView view, Answers.Moment now) {
            return of(view, now, Integer.MAX_VALUE);
        }

        static Territory listed(TerritoryView view, Answers.Moment now) {
            return of(view, now, PATTERNS_LISTED);
        }

        private static Territory of(TerritoryView view, Answers.Moment now, int patterns) {
            return new Territory(
                    view.id(),
                    view.title(),
                    view.type(),
                    view.state(),
                    view.owner(),
                    view.ownerLives(),
                    first(view.patterns(), patterns),
                    view.patterns().size(),
                    first(view.pending(), patterns),
                    view.parent().orElse(null),
                    first(view.admitted(), patterns),
                    view.since(),
                    now.ageOf(view.since()),
                    view.orphanGraceMillis(),
                    view.local(),
                    view.revocation().orElse(null),
                    view.offer().orElse(null),
                    view.locks(),
                    view.waiters(),
                    view.contested(),
                    view.localCounts().orElse(null));
        }
    }

    /** @param blockers the ids of the territories in its way */
    record Waiting(
            String agent,
            String title,
            TerritoryType type,
            List<String> patterns,
            int patternCount,
            Instant since,
            long ageMillis,
            List<String> blockers) {
        static Waiting of(WaitingView view, Answers.Moment now) {
            return new Waiting(
                    view.agent(),
                    view.title(),
                    view.type(),
                    first(view.patterns(), PATTERNS_LISTED),
                    view.patterns().size(),
                    view.since(),
                    now.ageOf(view.since()),
                    first(view.blockers(), PATTERNS_LISTED));
        }
    }

    /** Who may do what with one file, and why. */
    record Explained(
            Answers.Age asOf,
            String path,
            @JsonInclude @Nullable String agent,
            Verdict writes,
            Verdict reads,
            List<Claim> territories,
            Answers.Lock lock) {
        static Explained of(Explanation explanation, Answers.Age asOf) {
            LockEntry lock = explanation.lock();
            return new Explained(
                    asOf,
                    explanation.path().value(),
                    explanation.agent().orElse(null),
                    Verdict.of(explanation.writes()),
                    Verdict.of(explanation.reads()),
                    explanation.claims().stream().map(Claim::of).toList(),
                    Answers.Lock.of(lock, new Answers.Moment(asOf.time(), asOf.ageMillis())));
        }
    }

    /** @param territory the id of the one that forbids it, null when none does */
    record Verdict(
            boolean allowed,
            String why,
            @JsonInclude @Nullable String territory) {
        static Verdict of(Explanation.Verdict verdict) {
            return new Verdict(
                    verdict.allowed(),
                    verdict.why(),
                    verdict.by().map(io.bumba.lock.Claim::territory).orElse(null));
        }
    }

    /**
     * A territory that the file lies in.
     *
     * @param pattern that matches it
     * @param admits whether the agent works inside
     */
    record Claim(
            String territory,
            String title,
            String owner,
            String type,
            TerritoryState state,
            Instant since,
            String pattern,
            boolean admits) {
        static Claim of(Explanation.TerritoryClaim claim) {
            return new Claim(
                    claim.claim().territory(),
                    claim.claim().title(),
                    claim.claim().owner(),
                    claim.claim().type(),
                    claim.state(),
                    claim.claim().since(),
                    claim.pattern(),
                    claim.admits());
        }
    }

    /** @param outcome ENDED, or TOLD while its owner has time to finish */
    record Revoked(String territory, String owner, String outcome, long graceMillis, String message) {
        static Revoked of(RevokeResult result) {
            if (result instanceof RevokeResult.Ended ended) {
                return new Revoked(ended.territory(), ended.owner(), "ENDED", 0, ended.message());
            }
            if (result instanceof RevokeResult.Told told) {
                return new Revoked(told.territory(), told.owner(), "TOLD", told.graceMillis(), told.message());
            }
            throw new IllegalArgumentException("nothing was revoked: " + result);
        }
    }

    record RevocationList(Answers.Age asOf, List<Recorded> revocations, boolean truncated) {}

    /** @param patterns how many the territory covered */
    record Recorded(
            String territory,
            String title,
            String owner,
            TerritoryType type,
            int patterns,
            String by,
            String reason,
            long graceMillis,
            Instant time) {
        static Recorded of(RevocationRecord r) {
            return new Recorded(
                    r.territory(),
                    r.title(),
                    r.owner(),
                    r.type(),
                    r.patterns(),
                    r.by(),
                    r.reason(),
                    r.graceMillis(),
                    r.at());
        }
    }

    /** The policy in force, with the defaults where it says nothing. */
    record PolicyInForce(
            Answers.Age asOf,
            boolean allowOverBroad,
            int maxPatterns,
            int maxTerritoriesPerAgent,
            int maxClaimsPerAgent,
            int maxTerritories,
            List<Area> areas) {
        static PolicyInForce of(Policy policy, Answers.Age asOf) {
            return new PolicyInForce(
                    asOf,
                    Boolean.TRUE.equals(policy.allowOverBroad()),
                    or(policy.maxPatterns(), PathPatterns.MAX_PATTERNS),
                    or(policy.maxTerritoriesPerAgent(), Policy.TERRITORIES_PER_AGENT),
                    or(policy.maxClaimsPerAgent(), Policy.CLAIMS_PER_AGENT),
                    or(policy.maxTerritories(), Policy.TERRITORIES),
                    Objects.requireNonNullElse(policy.areas(), List.<Policy.Area>of()).stream()
                            .map(Area::of)
                            .toList());
        }

        private static int or(@Nullable Integer value, int otherwise) {
            return Optional.ofNullable(value).orElse(otherwise);
        }
    }

    record Area(String name, List<String> patterns, List<String> capabilities, List<String> departments) {
        static Area of(Policy.Area area) {
            return new Area(
                    area.name(),
                    area.patterns().patterns().stream().map(PathPattern::value).toList(),
                    sorted(area.capabilities()),
                    sorted(area.departments()));
        }

        private static List<String> sorted(java.util.@Nullable Set<String> names) {
            return names == null ? List.of() : List.copyOf(new TreeSet<>(names));
        }
    }

    private static <T> List<T> first(List<T> all, int most) {
        return all.size() <= most ? all : all.subList(0, most);
    }
}

package io.bumba.territory;

import io.bumba.lock.Claim;
import io.bumba.lock.LockMode;
import io.bumba.path.PathPattern;
import io.bumba.path.PathPatterns;
import io.bumba.path.PatternIndex;
import io.bumba.path.RepoPath;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All territories of one version of the ledger, and the rules that follow from them. Pure; not thread-safe, guarded by the
 * {@link Ledger}.
 */
final class Atlas {
    /** What the territories say of one file to one agent. */
    record Verdict(Optional<Overlap> forbids, Optional<Territory> pending, List<String> recorders) {}

    /**
     * A territory in the way, and how it meets what was asked for.
     *
     * @param mine the pattern asked for; a file's, for a lock
     * @param theirs the pattern claimed
     */
    record Overlap(Territory territory, PathPattern mine, PathPattern theirs) {
        Claim claim() {
            return territory.claim(theirs);
        }
    }

    private final Map<String, Territory> territories = new HashMap<>();
    private final PatternIndex<String> index = new PatternIndex<>();
    private final Map<String, Set<String>> byOwner = new HashMap<>();
    private final Map<String, Set<String>> byParent = new HashMap<>();

    void put(Territory territory) {
        remove(territory.id());
        territories.put(territory.id(), territory);
        TerritoryRecord record = territory.record();
        area(record).forEach(pattern -> index.add(pattern, territory.id()));
        byOwner.computeIfAbsent(record.owner(), owner -> new HashSet<>()).add(territory.id());
        record.parent().ifPresent(parent -> byParent.computeIfAbsent(parent, p -> new HashSet<>())
                .add(territory.id()));
    }

    void remove(String id) {
        Territory was = territories.remove(id);
        if (was == null) {
            return;
        }
        area(was.record()).forEach(pattern -> index.remove(pattern, id));
        drop(byOwner, was.record().owner(), id);
        was.record().parent().ifPresent(parent -> drop(byParent, parent, id));
    }

    private static void drop(Map<String, Set<String>> map, String key, String id) {
        map.computeIfPresent(key, (k, ids) -> {
            ids.remove(id);
            return ids.isEmpty() ? null : ids;
        });
    }

    /** What it has and what it is about to have, each once. */
    private static Set<PathPattern> area(TerritoryRecord record) {
        Set<PathPattern> area = new HashSet<>();
        record.patterns().forEach(area::add);
        record.pending().ifPresent(pending -> pending.area().forEach(area::add));
        return area;
    }

    int size() {
        return territories.size();
    }

    Collection<Territory> all() {
        return territories.values();
    }

    Optional<Territory> find(String id) {
        return Optional.ofNullable(territories.get(id));
    }

    private Territory known(String id) {
        return Objects.requireNonNull(territories.get(id));
    }

    List<Territory> ownedBy(String agent) {
        return byOwner.getOrDefault(agent, Set.of()).stream().map(this::known).toList();
    }

    List<Territory> inside(String id) {
        return byParent.getOrDefault(id, Set.of()).stream().map(this::known).toList();
    }

    /** Those inside it, and those inside them, outermost first. */
    List<Territory> allInside(String id) {
        Map<String, Territory> found = new LinkedHashMap<>();
        List<Territory> next = inside(id);
        while (!next.isEmpty()) {
            next.forEach(territory -> found.put(territory.id(), territory));
            next = next.stream()
                    .flatMap(territory -> inside(territory.id()).stream())
                    .filter(territory -> !found.containsKey(territory.id()))
                    .toList();
        }
        return List.copyOf(found.values());
    }

    /** The territory itself and those around it, innermost first. */
    Set<String> around(Optional<String> id) {
        Set<String> chain = new HashSet<>();
        Optional<String> at = id;
        while (at.isPresent() && chain.add(at.get())) {
            at = find(at.get()).flatMap(territory -> territory.record().parent());
        }
        return chain;
    }

    /** Every territory that a file lies in, whatever its state. */
    List<Overlap> at(RepoPath path) {
        return index.matching(path).stream()
                .map(entry -> new Overlap(known(entry.owner()), PathPattern.of(path), entry.pattern()))
                .toList();
    }

    Verdict passage(String agent, RepoPath path, LockMode mode) {
        Optional<Overlap> forbids = Optional.empty();
        Optional<Territory> pending = Optional.empty();
        List<String> recorders = new ArrayList<>();
        List<PatternIndex.Entry<String>> here = index.matching(path);
        Set<String> entered = entered(agent, path, here);
        for (PatternIndex.Entry<String> entry : here) {
            Territory territory = known(entry.owner());
            TerritoryRecord record = territory.record();
            boolean established = record.state() != TerritoryState.PENDING
                    && record.patterns().matches(path);
            if (established
                    && !record.type().allows(mode, territory.admits(agent) || entered.contains(territory.id()))) {
                forbids = Optional.of(new Overlap(territory, PathPattern.of(path), entry.pattern()));
            } else if (isBeingTaken(record, agent, path, mode)) {
                pending = Optional.of(territory);
            }
            if (established && record.type() == TerritoryType.MONITORED && !recorders.contains(territory.id())) {
                recorders.add(territory.id());
            }
        }
        return new Verdict(forbids, pending, recorders);
    }

    /** The territories around those that the agent works in: whoever owns one inside may admit to it. */
    private Set<String> entered(String agent, RepoPath path, List<PatternIndex.Entry<String>> here) {
        Set<String> entered = new HashSet<>();
        if (here.size() > 1) {
            for (PatternIndex.Entry<String> entry : here) {
                Territory territory = known(entry.owner());
                TerritoryRecord record = territory.record();
                if (record.state() != TerritoryState.PENDING
                        && territory.admits(agent)
                        && record.patterns().matches(path)) {
                    entered.addAll(around(record.parent()));
                }
            }
        }
        return entered;
    }

    private static boolean isBeingTaken(TerritoryRecord record, String agent, RepoPath path, LockMode mode) {
        return record.pending()
                .filter(change -> change.area().matches(path))
                .filter(change -> !record.type()
                        .allows(
                                mode,
                                change.agent().equals(agent)
                                        // Whom the former owner admitted may be admitted no more.
                                        || (change.agent().equals(record.owner())
                                                && record.admitted().contains(agent))))
                .isPresent();
    }

    /**
     * Which territories a claim meets that it may not meet.
     *
     * @param self the id of the territory that is to have these patterns
     * @param parent the territory around it
     */
    List<Overlap> conflicts(String self, PathPatterns patterns, TerritoryType type, Optional<String> parent) {
        Set<String> around = around(parent);
        Set<String> mine = new HashSet<>(around);
        mine.add(self);
        allInside(self).forEach(territory -> mine.add(territory.id()));
        Map<String, Overlap> found = new LinkedHashMap<>();
        for (PathPattern pattern : patterns) {
            for (PatternIndex.Entry<String> entry : index.overlapping(pattern)) {
                Territory other = known(entry.owner());
                if (!mine.contains(other.id())
                        && !type.toleratesBeside(other.record().type())) {
                    found.putIfAbsent(other.id(), new Overlap(other, pattern, entry.pattern()));
                }
            }
        }
        return List.copyOf(found.values());
    }

    /** The patterns that meet nothing they may not meet. */
    List<PathPattern> free(String self, PathPatterns patterns, TerritoryType type, Optional<String> parent) {
        return patterns.patterns().stream()
                .filter(pattern -> conflicts(self, PathPatterns.of(List.of(pattern)), type, parent)
                        .isEmpty())
                .toList();
    }

    /** How many patterns an agent has claimed. */
    int claimsOf(String agent) {
        return ownedBy(agent).stream()
                .mapToInt(territory -> area(territory.record()).size())
                .sum();
    }

    Stream<Territory> stream() {
        return territories.values().stream();
    }
}

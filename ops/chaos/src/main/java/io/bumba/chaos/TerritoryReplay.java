package io.bumba.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bumba.chaos.Finding.Rule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Walks through what really happened to one workspace's territories and locks, and finds what must not be at any zxid,
 * whatever fault interferes: two territories that exclude each other and have a path in common ({@link
 * Rule#TERRITORIES_OVERLAP}), somebody in the line of a file that a territory keeps it from ({@link Rule#LOCK_INSIDE}), a
 * territory without its owner, or with other claims than its patterns ({@link Rule#HALF_GRANTED}).
 *
 * <p>Sets of files are compared by counting out a {@link Universe}; no code of the territories is used.
 */
final class TerritoryReplay {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LOCK = "@lock";
    private static final String OWNER = "owner-";
    private static final String CLAIMS = "claims";

    private final String territories;
    private final String locks;
    private final String requests;
    private final Universe universe;

    private final Map<String, Standing> present = new LinkedHashMap<>();
    private final Map<String, Set<String>> established = new HashMap<>();
    private final Map<String, Span<Occupied>> line = new HashMap<>();
    private final Map<String, Set<String>> lines = new HashMap<>();
    private final Map<String, Span<Waiting>> waiting = new HashMap<>();

    private final Map<String, List<Span<State>>> states = new LinkedHashMap<>();
    private final Map<String, List<Span<Occupied>>> occupants = new HashMap<>();
    private final Map<String, List<Span<Waiting>>> waits = new HashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> found = new HashSet<>();
    private int activations;

    /** What a territory was for a while; {@code owned} while its owner's ephemeral stood. */
    record State(Claimed claimed, boolean owned) {}

    /** Somebody who waits for a territory. */
    record Waiting(String agent, String title, String territory, String type, List<String> patterns) {}

    private static final class Standing {
        private final Set<String> owners = new HashSet<>();
        private final Set<String> claims = new TreeSet<>();
        private @Nullable Claimed claimed;
        private Set<String> area = Set.of();
        private @Nullable Span<State> span;
    }

    private TerritoryReplay(String home, Universe universe) {
        this.territories = home + "/territories/";
        this.locks = home + "/locks/";
        this.requests = home + "/requests/";
        this.universe = universe;
    }

    /**
     * @param home of the workspace
     * @param changes with the new data of the territories and requests
     */
    static TerritoryReplay of(Collection<Change> changes, String home, Universe universe) {
        TerritoryReplay replay = new TerritoryReplay(home, universe);
        changes.forEach(replay::apply);
        return replay;
    }

    /** Whether the replay needs the new data of a znode. */
    static boolean needs(String path) {
        return path.contains("/territories/") || path.contains("/requests/");
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** What each territory was, in order; by id. */
    Map<String, List<Span<State>>> states() {
        return states;
    }

    /** Who stood in the line of a file. */
    List<Span<Occupied>> occupants(String file) {
        return occupants.getOrDefault(file, List.of());
    }

    /** When an agent waited for territories. */
    List<Span<Waiting>> waits(String agent) {
        return waits.getOrDefault(agent, List.of());
    }

    /** How often a territory came into force or got another area: each time was judged. */
    int activations() {
        return activations;
    }

    /** How many contenders ever were. */
    long contenders() {
        return occupants.values().stream().mapToLong(List::size).sum();
    }

    /** Ids of what stands at the end. */
    Set<String> left() {
        return Set.copyOf(present.keySet());
    }

    private void apply(Change change) {
        Set<String> touched = new LinkedHashSet<>();
        List<Span<Occupied>> came = new ArrayList<>();
        // What one transaction makes and deletes only shows that it was not there.
        Set<String> deleted = new HashSet<>(change.deleted());
        change.deleted().forEach(path -> delete(path, change.zxid(), touched));
        change.made().stream()
                .filter(node -> !deleted.contains(node.path()))
                .forEach(node -> make(node, change.zxid(), touched, came));
        change.set().forEach(node -> set(node, change.zxid(), touched));
        Set<String> moved = new LinkedHashSet<>();
        touched.forEach(id -> settle(id, change.zxid(), moved));
        moved.forEach(id -> judgeArea(id, change.zxid()));
        came.forEach(span -> judgeContender(span.what(), change.zxid()));
    }

    // ---- what there is
    // ----------------------------------------------------------------------------------------------

    private void delete(String path, long zxid, Set<String> touched) {
        if (path.startsWith(territories)) {
            String[] names = path.substring(territories.length()).split("/", 3);
            Standing standing = present.get(names[0]);
            if (standing == null) {
                return;
            }
            touched.add(names[0]);
            if (names.length == 1) {
                Span.end(standing.span, zxid);
                clear(names[0], standing);
                present.remove(names[0]);
            } else if (names[1].startsWith(OWNER)) {
                standing.owners.remove(names[1].substring(OWNER.length()));
            } else if (names.length == 3) {
                standing.claims.remove(pattern(names[2]));
            }
        } else if (path.startsWith(locks)) {
            Span<Occupied> gone = line.remove(path);
            if (gone != null) {
                Span.end(gone, zxid);
                lines.getOrDefault(gone.what().file(), Set.of()).remove(path);
            }
        } else if (path.startsWith(requests)) {
            Span.end(waiting.remove(path), zxid);
        }
    }

    private void make(Change.Made node, long zxid, Set<String> touched, List<Span<Occupied>> came) {
        String path = node.path();
        if (path.startsWith(territories)) {
            String[] names = path.substring(territories.length()).split("/", 3);
            Standing standing = present.computeIfAbsent(names[0], id -> new Standing());
            touched.add(names[0]);
            if (names.length == 1) {
                standing.claimed = Claimed.of(json(node.data()));
            } else if (names[1].startsWith(OWNER)) {
                standing.owners.add(names[1].substring(OWNER.length()));
            } else if (names.length == 3 && names[1].equals(CLAIMS)) {
                standing.claims.add(pattern(names[2]));
            }
        } else if (path.startsWith(locks)) {
            contender(node).ifPresent(occupied -> {
                Span<Occupied> span = new Span<>(occupied, zxid);
                line.put(path, span);
                lines.computeIfAbsent(occupied.file(), file -> new HashSet<>()).add(path);
                occupants
                        .computeIfAbsent(occupied.file(), file -> new ArrayList<>())
                        .add(span);
                came.add(span);
            });
        } else if (path.startsWith(requests)) {
            await(node, zxid);
        }
    }

    private void set(Change.Made node, long zxid, Set<String> touched) {
        String path = node.path();
        if (path.startsWith(territories)) {
            String id = path.substring(territories.length());
            Standing standing = present.get(id);
            if (standing != null) {
                standing.claimed = Claimed.of(json(node.data()));
                touched.add(id);
            }
        } else if (path.startsWith(requests)) {
            Span.end(waiting.remove(path), zxid);
            await(node, zxid);
        }
    }

    private void await(Change.Made node, long zxid) {
        JsonNode json = json(node.data());
        Waiting who = new Waiting(
                json.path("agent").asText(),
                json.path("title").asText(),
                json.path("territory").asText(),
                json.path("type").asText(),
                Claimed.texts(json.path("patterns")));
        Span<Waiting> span = new Span<>(who, zxid);
        waiting.put(node.path(), span);
        waits.computeIfAbsent(who.agent(), agent -> new ArrayList<>()).add(span);
    }

    private Optional<Occupied> contender(Change.Made node) {
        int slash = node.path().lastIndexOf('/');
        String parent = node.path().substring(0, slash);
        return !parent.endsWith(LOCK)
                ? Optional.empty()
                : Contending.parse(node.path().substring(slash + 1))
                        .map(name -> new Occupied(
                                parent.substring(locks.length(), parent.length() - LOCK.length()),
                                json(node.data()).path("agent").asText(),
                                name.exclusive()));
    }

    // ---- what must not be
    // -------------------------------------------------------------------------------------------

    /** Takes down what the territory is now, and whether it is whole. */
    private void settle(String id, long zxid, Set<String> moved) {
        Standing standing = present.get(id);
        if (standing == null) {
            return;
        }
        Claimed claimed = standing.claimed;
        if (claimed == null) {
            find(Rule.HALF_GRANTED, id, zxid, "has no znode of its own");
            return;
        }
        State state = new State(claimed, standing.owners.contains(claimed.ownerNode()));
        Span<State> before = standing.span;
        if (before != null && before.what().equals(state)) {
            judgeWhole(id, standing, claimed, zxid);
            return;
        }
        Span.end(before, zxid);
        standing.span = new Span<>(state, zxid);
        states.computeIfAbsent(id, key -> new ArrayList<>()).add(standing.span);
        judgeWhole(id, standing, claimed, zxid);
        boolean comesIntoForce = before == null || !before.what().claimed().equals(claimed);
        if (comesIntoForce && claimed.active() && !state.owned() && standing.owners.isEmpty() && !ownerless(before)) {
            find(Rule.HALF_GRANTED, id, zxid, "came into force without the ephemeral of its owner");
        }
        clear(id, standing);
        if (claimed.established()) {
            standing.area = universe.area(claimed.patterns());
            standing.area.forEach(path ->
                    established.computeIfAbsent(path, p -> new HashSet<>()).add(id));
            if (comesIntoForce) {
                moved.add(id);
            }
        }
    }

    /** Others may change a territory whose owner has gone: take back what was being added to it. */
    private static boolean ownerless(@Nullable Span<State> before) {
        return before != null
                && before.what().claimed().active()
                && !before.what().owned();
    }

    private void judgeWhole(String id, Standing standing, Claimed claimed, long zxid) {
        if (!standing.claims.equals(new TreeSet<>(claimed.patterns()))) {
            find(Rule.HALF_GRANTED, id, zxid, "has the claims " + standing.claims + " for " + claimed.patterns());
        }
    }

    private void clear(String id, Standing standing) {
        standing.area.forEach(path -> {
            Set<String> there = established.get(path);
            if (there != null && there.remove(id) && there.isEmpty()) {
                established.remove(path);
            }
        });
        standing.area = Set.of();
    }

    private void judgeArea(String id, long zxid) {
        Standing standing = present.get(id);
        if (standing == null || standing.claimed == null) {
            return;
        }
        activations++;
        Claimed mine = standing.claimed;
        for (String path : standing.area) {
            for (String other : established.getOrDefault(path, Set.of())) {
                Claimed theirs = claimed(other);
                if (!other.equals(id) && theirs != null && Claimed.exclude(mine.type(), theirs.type())) {
                    find(
                            Rule.TERRITORIES_OVERLAP,
                            id,
                            zxid,
                            mine + " and territory " + other + " " + theirs + " have " + path + " in common");
                }
            }
            for (String node : lines.getOrDefault(path, Set.of())) {
                Span<Occupied> span = line.get(node);
                if (span != null && mine.keepsOut(span.what())) {
                    find(Rule.LOCK_INSIDE, id, zxid, mine + " came over " + span.what());
                }
            }
        }
    }

    private void judgeContender(Occupied who, long zxid) {
        for (String id : established.getOrDefault(who.file(), Set.of())) {
            Claimed claimed = claimed(id);
            if (claimed != null && claimed.keepsOut(who)) {
                find(Rule.LOCK_INSIDE, id, zxid, who + " came into " + claimed);
            }
        }
    }

    private @Nullable Claimed claimed(String id) {
        Standing standing = present.get(id);
        return standing == null ? null : standing.claimed;
    }

    private void find(Rule rule, String id, long zxid, String what) {
        if (found.add(rule + " " + id)) {
            findings.add(new Finding(rule, "territory " + id + " at zxid 0x" + Long.toHexString(zxid) + ": " + what));
        }
    }

    /** The pattern that a claim's znode is named after. */
    private static String pattern(String name) {
        StringBuilder pattern = new StringBuilder();
        byte[] bytes = name.replace(':', '/').getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '%') {
                pattern.append((char) Integer.parseInt(new String(bytes, i + 1, 2, StandardCharsets.UTF_8), 16));
                i += 2;
            } else {
                pattern.append((char) bytes[i]);
            }
        }
        return pattern.toString();
    }

    private static JsonNode json(String data) {
        try {
            return JSON.readTree(data.isEmpty() ? "{}" : data);
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }
}

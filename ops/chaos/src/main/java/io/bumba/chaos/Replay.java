package io.bumba.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bumba.chaos.Finding.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Walks through what really happened to one workspace's locks, and finds what must not happen at any zxid, whatever fault
 * interferes: nothing here is a matter of time, of what a client believed, or of who saw what.
 *
 * <p>{@link Rule#QUEUE_ORDER}: a waiter steps into the line after a look at the queue that it takes after it stood there
 * itself. So who stood before it when it came, and still stands when it steps, was seen and passed. (Who came later with a
 * higher priority may have come between the look and the step: the one at the head is not overtaken.)
 *
 * <p>{@link Rule#TWO_PLACES}: one request stands once, in the queue or in the line.
 */
final class Replay {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LOCK = "@lock";
    private static final String QUEUE = "@queue";

    private final String locks;
    private final Map<String, Contender> line = new LinkedHashMap<>();
    private final Map<String, Waiter> queue = new LinkedHashMap<>();
    private final Map<String, String> fileOf = new HashMap<>();
    private final List<Contender> contenders = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> doubled = new HashSet<>();
    private int steps;

    private Replay(String locks) {
        this.locks = locks + "/";
    }

    /** @param locks the znode below which the files are */
    static Replay of(Collection<Change> changes, String locks) {
        Replay replay = new Replay(locks);
        changes.forEach(replay::apply);
        return replay;
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** All contenders that ever were. */
    List<Contender> contenders() {
        return List.copyOf(contenders);
    }

    /** How many stepped from the queue into the line: each was judged. */
    int steps() {
        return steps;
    }

    private void apply(Change change) {
        Set<String> touched = new HashSet<>();
        Map<String, Waiter> left = new HashMap<>();
        for (String path : change.deleted()) {
            Waiter waiter = queue.remove(path);
            if (waiter != null) {
                left.put(fileOf.get(path) + " " + waiter.name().own(), waiter);
            }
            Contender ended = line.remove(path);
            if (ended != null) {
                ended.endedBy(change.session());
                touched.add(ended.file());
            }
        }
        for (Change.Made node : change.made()) {
            add(change, node, left, touched);
        }
        touched.forEach(this::markFirst);
    }

    private void add(Change change, Change.Made node, Map<String, Waiter> left, Set<String> touched) {
        int slash = node.path().lastIndexOf('/');
        String parent = node.path().substring(0, slash);
        String name = node.path().substring(slash + 1);
        if (!parent.startsWith(locks)) {
            return;
        }
        if (parent.endsWith(QUEUE)) {
            String file = parent.substring(locks.length(), parent.length() - QUEUE.length());
            Queueing.parse(name).ifPresent(parsed -> {
                fileOf.put(node.path(), file);
                queue.put(node.path(), new Waiter(parsed, change.zxid(), agent(node.data())));
                findDoubled(file, parsed.own(), change);
            });
        } else if (parent.endsWith(LOCK)) {
            String file = parent.substring(locks.length(), parent.length() - LOCK.length());
            Contending.parse(name).ifPresent(parsed -> {
                fileOf.put(node.path(), file);
                Waiter waited = left.get(file + " " + parsed.own());
                Contender contender = new Contender(
                        file, parsed, change.zxid(), change.session(), agent(node.data()), waited, waitersOf(file));
                line.put(node.path(), contender);
                contenders.add(contender);
                touched.add(file);
                if (waited != null) {
                    waited.becomes(contender);
                    steps++;
                    judgeStep(waited, contender);
                }
                findDoubled(file, parsed.own(), change);
            });
        }
    }

    private void judgeStep(Waiter waited, Contender contender) {
        contender.waiters().stream()
                .filter(other -> other.name().keepsBack(waited.name()) && other.czxid() < waited.czxid())
                .findFirst()
                .ifPresent(passed -> findings.add(new Finding(
                        Rule.QUEUE_ORDER,
                        contender.file() + ": " + waited + " stepped into the line at zxid 0x"
                                + Long.toHexString(contender.czxid()) + " past " + passed)));
    }

    private void findDoubled(String file, String own, Change change) {
        long places = Stream.concat(
                        line.values().stream()
                                .filter(contender -> contender.file().equals(file))
                                .map(contender -> contender.name().own()),
                        queue.entrySet().stream()
                                .filter(entry -> file.equals(fileOf.get(entry.getKey())))
                                .map(entry -> entry.getValue().name().own()))
                .filter(own::equals)
                .count();
        if (places > 1 && doubled.add(file + " " + own)) {
            findings.add(new Finding(
                    Rule.TWO_PLACES,
                    file + ": request " + own + " stands " + places + " times at zxid 0x"
                            + Long.toHexString(change.zxid())));
        }
    }

    private List<Waiter> waitersOf(String file) {
        return queue.entrySet().stream()
                .filter(entry -> file.equals(fileOf.get(entry.getKey())))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** The first in line hold: one exclusive contender, or the shared ones before the first exclusive one. */
    private void markFirst(String file) {
        List<Contender> inOrder = line.values().stream()
                .filter(contender -> contender.file().equals(file))
                .sorted(Comparator.comparing(Contender::name, Contending.IN_LINE))
                .toList();
        for (int i = 0; i < inOrder.size(); i++) {
            boolean exclusive = inOrder.get(i).name().exclusive();
            if (i == 0 || !exclusive) {
                inOrder.get(i).becomesFirst();
            }
            if (exclusive) {
                return;
            }
        }
    }

    private static String agent(@Nullable String data) {
        try {
            return Objects.requireNonNullElse(
                    JSON.readTree(data == null || data.isEmpty() ? "{}" : data)
                            .path("agent")
                            .textValue(),
                    "?");
        } catch (JsonProcessingException e) {
            return "?";
        }
    }
}

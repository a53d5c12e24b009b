package io.bumba.zk;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Remembers which containers exist, so that the first transaction on a file already makes exactly the missing ones. A
 * memory may be wrong, for the servers reap empty containers: the transaction then fails whole and {@link #forget} leads
 * to another look. Bounded, the least lately used goes first. Thread-safe.
 */
public final class Containers {
    static final int MAX_REMEMBERED = 20_000;

    private final Map<String, Boolean> known = Collections.synchronizedMap(new LinkedHashMap<>(1_024, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_REMEMBERED;
        }
    });

    /** Which of the containers, given outermost first, are missing; looks for those not remembered in one trip. */
    public CompletableFuture<List<String>> missing(Session session, List<String> chain) {
        List<String> missing = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<?>[] looks = chain.stream()
                .filter(path -> !known.containsKey(path))
                .map(path -> session.read(path).thenAccept(node -> {
                    if (node.isPresent()) {
                        known.put(path, true);
                    } else {
                        missing.add(path);
                    }
                }))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(looks).thenApply(all -> missing.stream()
                .sorted(java.util.Comparator.comparingInt(chain::indexOf))
                .toList());
    }

    public void remember(List<String> chain) {
        chain.forEach(path -> known.put(path, true));
    }

    public void forget(List<String> chain) {
        chain.forEach(known::remove);
    }
}

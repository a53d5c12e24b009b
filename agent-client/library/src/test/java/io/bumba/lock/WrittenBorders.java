package io.bumba.lock;

import io.bumba.path.RepoPath;
import io.bumba.zk.Node;
import io.bumba.zk.Session;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Borders that stand in the real ledger's data, as a test writes them, one to a line: {@code closed PATH MODES TYPE OWNER
 * AGENTS}, {@code pending PATH MODES NODE AGENTS}, {@code record PATH MODES TERRITORY AGENTS}. MODES is a mode or ANY,
 * AGENTS a part of the agent's id or ANY. Answers from a copy, as the real ones do.
 */
final class WrittenBorders implements Borders {
    private static final String ANY = "ANY";

    private record Copy(int version, List<String[]> lines) {}

    private final String ledger;
    private final Map<String, Supplier<CompletableFuture<List<Obstacle>>>> obstacles = new ConcurrentHashMap<>();
    private volatile @Nullable Copy copy;
    final AtomicInteger refreshes = new AtomicInteger();
    /** How many of the next answers name a version that is over. */
    final AtomicInteger stale = new AtomicInteger();

    WrittenBorders(String ledger) {
        this.ledger = ledger;
    }

    void blocks(String request, Supplier<CompletableFuture<List<Obstacle>>> by) {
        obstacles.put(request, by);
    }

    @Override
    public String ledger() {
        return ledger;
    }

    @Override
    public CompletableFuture<Passage> passage(Session session, String agent, RepoPath path, LockMode mode) {
        Copy known = copy;
        if (known == null) {
            return refresh(session).thenCompose(read -> passage(session, agent, path, mode));
        }
        Passage said = say(known, agent, path, mode);
        return said instanceof Passage.Closed
                ? refresh(session).thenApply(read -> say(copy, agent, path, mode))
                : CompletableFuture.completedFuture(said);
    }

    private Passage say(@Nullable Copy known, String agent, RepoPath path, LockMode mode) {
        if (known == null) {
            throw new IllegalStateException("not read");
        }
        int version = known.version() - (stale.getAndUpdate(n -> Math.max(0, n - 1)) > 0 ? 1 : 0);
        List<String> recorders = new ArrayList<>();
        for (String[] line : known.lines()) {
            if (line.length < 5
                    || !line[1].equals(path.value())
                    || !(line[2].equals(ANY) || line[2].equals(mode.name()))
                    || !(line[line.length - 1].equals(ANY) || agent.contains(line[line.length - 1]))) {
                continue;
            }
            switch (line[0]) {
                case "closed" -> {
                    return new Passage.Closed(
                            version, new Claim("t-login", "Log in", line[3], line[4], Instant.EPOCH, "src/**"));
                }
                case "pending" -> {
                    return new Passage.Pending(version, line[3]);
                }
                case "record" -> recorders.add(line[3]);
                default -> throw new IllegalStateException(line[0]);
            }
        }
        return new Passage.Open(version, recorders);
    }

    @Override
    public CompletableFuture<Void> refresh(Session session) {
        refreshes.incrementAndGet();
        return session.read(ledger).thenAccept(found -> {
            Node node = found.orElseThrow();
            copy = new Copy(
                    node.version(),
                    new String(node.data(), StandardCharsets.UTF_8)
                            .lines()
                            .map(line -> line.split(" "))
                            .toList());
        });
    }

    @Override
    public <T> CompletableFuture<T> inTurn(
            Session session,
            String agent,
            RepoPath path,
            LockMode mode,
            Function<Passage.Open, CompletableFuture<T>> then,
            T otherwise) {
        return refresh(session)
                .thenCompose(read -> passage(session, agent, path, mode))
                .thenCompose(passage -> passage instanceof Passage.Open open
                        ? then.apply(open)
                        : CompletableFuture.completedFuture(otherwise));
    }

    @Override
    public CompletableFuture<List<Obstacle>> obstacles(Session session, String request) {
        return obstacles
                .getOrDefault(request, () -> CompletableFuture.completedFuture(List.of()))
                .get();
    }
}

package io.bumba.lock;

import io.bumba.path.PathPattern;
import io.bumba.path.PathPatterns;
import io.bumba.path.RepoPath;
import io.bumba.zk.Children;
import io.bumba.zk.Layout;
import io.bumba.zk.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who stands in the lines of the files of an area. Read in one session behind a write of it, it misses nobody who came before
 * that write. Only directories that the area reaches into are listed. Used once.
 */
public final class Occupancy {
    private static final Logger LOG = LoggerFactory.getLogger(Occupancy.class);

    private final Session session;
    private final Layout layout;
    private final PathPatterns area;
    private final Set<String> visited = ConcurrentHashMap.newKeySet();

    private Occupancy(Session session, Layout layout, PathPatterns area) {
        this.session = session;
        this.layout = layout;
        this.area = area;
    }

    /** Fails with LIMIT where a directory has more children than a listing may have. */
    public static CompletableFuture<List<Occupant>> of(Session session, Layout layout, PathPatterns area) {
        return new Occupancy(session, layout, area).all();
    }

    private CompletableFuture<List<Occupant>> all() {
        List<CompletableFuture<List<Occupant>>> parts = new ArrayList<>();
        for (PathPattern pattern : area) {
            List<String> prefix = pattern.literalPrefix();
            if (!prefix.isEmpty()) {
                RepoPath named = new RepoPath(String.join("/", prefix));
                if (pattern.matches(named)) {
                    parts.add(line(named));
                }
            }
            parts.add(directory(prefix));
        }
        return joined(parts);
    }

    private CompletableFuture<List<Occupant>> directory(List<String> segments) {
        String node = layout.directory(segments);
        if (!visited.add(node)) {
            return CompletableFuture.completedFuture(List.of());
        }
        return session.children(node).thenCompose(children -> {
            List<CompletableFuture<List<Occupant>>> parts = new ArrayList<>();
            for (String child : children.orElse(Children.NONE).names()) {
                if (!Layout.isQueue(child)) {
                    child(segments, child).ifPresent(parts::add);
                }
            }
            return joined(parts);
        });
    }

    private Optional<CompletableFuture<List<Occupant>>> child(List<String> segments, String child) {
        try {
            List<String> below = Stream.concat(segments.stream(), Stream.of(Layout.segment(child)))
                    .toList();
            if (Layout.isLock(child)) {
                RepoPath path = new RepoPath(String.join("/", below));
                return area.matches(path) ? Optional.of(line(path)) : Optional.empty();
            }
            return area.reachesInto(below) ? Optional.of(directory(below)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            LOG.warn("{} has a child that is no name of a file", layout.directory(segments), e);
            return Optional.empty();
        }
    }

    private CompletableFuture<List<Occupant>> line(RepoPath path) {
        String lock = layout.lock(path);
        if (!visited.add(lock)) {
            return CompletableFuture.completedFuture(List.of());
        }
        return session.children(lock).thenCompose(children -> {
            List<CompletableFuture<List<Occupant>>> parts = new ArrayList<>();
            for (String name : children.orElse(Children.NONE).names()) {
                Optional<Contender> contender = Contender.parse(name);
                if (contender.isPresent() || Contender.isMutex(name)) {
                    String node = lock + "/" + name;
                    parts.add(session.read(node).thenApply(read -> read
                            .map(n -> {
                                Holder holder = LockReader.holder(
                                        contender.orElseGet(() -> new Contender(name, false, LockMode.EXCLUSIVE, 0)),
                                        n);
                                return new Occupant(
                                        path,
                                        holder.agent(),
                                        holder.mode() == LockMode.EXCLUSIVE,
                                        n.created(),
                                        holder.reason(),
                                        node);
                            })
                            .stream()
                            .toList()));
                }
            }
            return joined(parts);
        });
    }

    private static CompletableFuture<List<Occupant>> joined(List<CompletableFuture<List<Occupant>>> parts) {
        if (parts.size() == 1) {
            return parts.get(0).thenApply(UnaryOperator.identity());
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        parts.stream().flatMap(part -> part.join().stream()).toList());
    }
}

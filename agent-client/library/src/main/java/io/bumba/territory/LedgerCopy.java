package io.bumba.territory;

import io.bumba.BumbaException;
import io.bumba.path.Printable;
import io.bumba.zk.Children;
import io.bumba.zk.Codec;
import io.bumba.zk.Decoded;
import io.bumba.zk.Layout;
import io.bumba.zk.Node;
import io.bumba.zk.Session;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * This process's copy of the ledger and all territories. It may be stale, and some of its territories newer than its version:
 * whatever is decided on it is checked by a transaction. It is brought up to date by the ledger's list of last changes, or,
 * where that does not reach back, whole. Thread-safe.
 */
final class LedgerCopy {
    private static final int NOT_READ = -1;

    /** How many territories are read at once. */
    private static final int AT_ONCE = 1_000;

    private final Layout layout;
    private final LongSupplier nanos;

    private final Object lock = new Object();
    private final Atlas atlas = new Atlas();
    private LedgerPage page = LedgerPage.EMPTY;
    private int version = NOT_READ;
    private @Nullable Session readingIn;
    private CompletableFuture<Void> reading = CompletableFuture.completedFuture(null);
    private @Nullable CompletableFuture<Void> next;

    LedgerCopy(Layout layout, LongSupplier nanos) {
        this.layout = layout;
        this.nanos = nanos;
    }

    /** Whatever the function makes of the copy and its version. */
    <R> R look(BiFunction<Atlas, Integer, R> function) {
        synchronized (lock) {
            if (version == NOT_READ) {
                throw new IllegalStateException("the ledger has not been read");
            }
            return function.apply(atlas, version);
        }
    }

    LedgerPage page() {
        synchronized (lock) {
            return page;
        }
    }

    /** Completes at once when it was read before. */
    CompletableFuture<Void> load(Session session) {
        synchronized (lock) {
            if (version != NOT_READ) {
                return CompletableFuture.completedFuture(null);
            }
        }
        return refresh(session);
    }

    /** Reads what has changed. What was committed in this session before the call is in the copy when it completes. */
    CompletableFuture<Void> refresh(Session session) {
        synchronized (lock) {
            if (reading.isDone() || readingIn != session) {
                readingIn = session;
                next = null;
                reading = read(session);
                return reading;
            }
            if (next == null) {
                // The one under way may have read already.
                next = reading.handle((done, failed) -> null).thenCompose(free -> again(session));
            }
            return next;
        }
    }

    private CompletableFuture<Void> again(Session session) {
        synchronized (lock) {
            CompletableFuture<Void> mine = read(session);
            if (readingIn == session) {
                reading = mine;
                next = null;
            }
            return mine;
        }
    }

    private CompletableFuture<Void> read(Session session) {
        String ledger = layout.territories();
        return session.read(ledger).thenCompose(found -> {
            Node node = found.orElseThrow(
                    () -> new BumbaException(BumbaException.Code.PROTOCOL, ledger + " has gone; connect anew"));
            LedgerPage now = decode(ledger, node, LedgerPage.class);
            int known;
            synchronized (lock) {
                known = version;
            }
            if (known != NOT_READ && node.version() - known <= 0) {
                return CompletableFuture.completedFuture(null);
            }
            Optional<List<String>> changed = known == NOT_READ ? Optional.empty() : now.since(known, node.version());
            CompletableFuture<Map<String, Optional<Territory>>> read = changed.isPresent()
                    ? readAll(session, changed.get(), new LinkedHashMap<>())
                    : everything(session, node.children());
            return read.thenAccept(territories -> apply(node.version(), now, territories, changed.isEmpty()));
        });
    }

    private CompletableFuture<Map<String, Optional<Territory>>> everything(Session session, int children) {
        if (children == 0) {
            return CompletableFuture.completedFuture(Map.of());
        }
        return session.children(layout.territories())
                .thenCompose(
                        listed -> readAll(session, listed.orElse(Children.NONE).names(), new LinkedHashMap<>()));
    }

    private CompletableFuture<Map<String, Optional<Territory>>> readAll(
            Session session, List<String> ids, Map<String, Optional<Territory>> found) {
        List<String> some = ids.subList(0, Math.min(AT_ONCE, ids.size()));
        List<CompletableFuture<Optional<Territory>>> reads = new ArrayList<>();
        some.forEach(
                id -> reads.add(session.read(layout.territory(id)).thenApply(node -> node.map(n -> territory(id, n)))));
        return CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new)).thenCompose(done -> {
            for (int i = 0; i < some.size(); i++) {
                found.put(some.get(i), reads.get(i).join());
            }
            return some.size() == ids.size()
                    ? CompletableFuture.completedFuture(found)
                    : readAll(session, ids.subList(some.size(), ids.size()), found);
        });
    }

    private Territory territory(String id, Node node) {
        TerritoryRecord record = decode(layout.territory(id), node, TerritoryRecord.class);
        return new Territory(id, record, node.version(), nanos.getAsLong());
    }

    private static <T> T decode(String path, Node node, Class<T> type) {
        Decoded<T> decoded = Codec.decode(node.data(), type);
        return decoded.value()
                .orElseThrow(() -> new BumbaException(
                        BumbaException.Code.UNSUPPORTED,
                        Printable.of(path) + " holds what this version cannot read (" + decoded
                                + "), and nothing is granted beside a territory that cannot be read; use the version that"
                                + " wrote it, or delete it if it does not belong there"));
    }

    private void apply(int to, LedgerPage now, Map<String, Optional<Territory>> read, boolean all) {
        synchronized (lock) {
            if (version != NOT_READ && to - version <= 0) {
                return;
            }
            if (all) {
                Set<String> gone = new HashSet<>();
                atlas.all().forEach(territory -> gone.add(territory.id()));
                gone.removeAll(read.keySet());
                gone.forEach(atlas::remove);
            }
            read.forEach((id, territory) -> territory.ifPresentOrElse(this::put, () -> atlas.remove(id)));
            version = to;
            page = now;
        }
    }

    private void put(Territory territory) {
        // The time at which a version was seen first is what its age is measured from.
        if (atlas.find(territory.id())
                .filter(known ->
                        known.version() == territory.version() && known.record().equals(territory.record()))
                .isEmpty()) {
            atlas.put(territory);
        }
    }

    /** What this process has written itself on the version that the copy has; otherwise it is read some time. */
    void written(int on, LedgerPage now, List<Edit> edits) {
        synchronized (lock) {
            if (version != on) {
                return;
            }
            for (Edit edit : edits) {
                int before = edit instanceof Edit.Update update ? update.from().version() : -1;
                edit.after()
                        .ifPresentOrElse(
                                record -> atlas.put(new Territory(edit.id(), record, before + 1, nanos.getAsLong())),
                                () -> atlas.remove(edit.id()));
            }
            version = on + 1;
            page = now;
        }
    }

    /** Reads some territories anew whatever the ledger says: somebody has changed their znodes by hand. */
    CompletableFuture<Void> reread(Session session, List<String> ids) {
        return readAll(session, ids, new LinkedHashMap<>()).thenAccept(read -> {
            synchronized (lock) {
                read.forEach((id, territory) -> territory.ifPresentOrElse(atlas::put, () -> atlas.remove(id)));
            }
        });
    }
}

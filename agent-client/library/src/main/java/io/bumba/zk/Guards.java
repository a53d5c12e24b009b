package io.bumba.zk;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;

/**
 * The watches of a session over nodes of its own. A young node is not watched, so a short-lived one costs nothing; an
 * older one is, from the next pulse on. Thread-safe.
 */
final class Guards {
    private final Map<String, Guard> standing = new ConcurrentHashMap<>();
    private final BiFunction<String, Runnable, CompletableFuture<Boolean>> watch;

    /** @param watch watches a node and runs the action once it changes or goes; false when it is not there */
    Guards(BiFunction<String, Runnable, CompletableFuture<Boolean>> watch) {
        this.watch = watch;
    }

    Guard add(String path, Runnable changed, Runnable gone) {
        Guard guard = new Guard(this, path, changed, gone);
        standing.put(path, guard);
        return guard;
    }

    Collection<Guard> all() {
        return List.copyOf(standing.values());
    }

    /** Watches what is no longer young. */
    void pulse() {
        standing.values().forEach(Guard::watch);
    }

    void clear() {
        standing.clear();
    }

    /** The watch over one node. */
    static final class Guard implements Session.Guard {
        private final Guards guards;
        private final String path;
        private final Runnable changed;
        private final Runnable gone;
        private final AtomicBoolean watched = new AtomicBoolean();
        private volatile boolean young = true;

        private Guard(Guards guards, String path, Runnable changed, Runnable gone) {
            this.guards = guards;
            this.path = path;
            this.changed = changed;
            this.gone = gone;
        }

        String path() {
            return path;
        }

        @Override
        public void drop() {
            guards.standing.remove(path, this);
        }

        @Override
        public void watchNow() {
            young = false;
            watch();
        }

        void gone() {
            if (guards.standing.remove(path, this)) {
                gone.run();
            }
        }

        private void watch() {
            if (young) {
                young = false;
            } else if (watched.compareAndSet(false, true)) {
                Async.then(guards.watch.apply(path, this::fired), there -> {
                    if (guards.standing.get(path) != this) {
                        return;
                    }
                    if (there) {
                        changed.run();
                    } else {
                        gone();
                    }
                });
            }
        }

        private void fired() {
            watched.set(false);
            if (guards.standing.get(path) == this) {
                watch();
            }
        }
    }
}

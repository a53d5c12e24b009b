package io.bumba.cli;

import io.bumba.lock.GrantSet;
import io.bumba.lock.LockAllResult;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockMode;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockRefusedException;
import io.bumba.lock.LockResult;
import io.bumba.lock.ReleaseResult;
import io.bumba.path.PathSet;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the agent of a session holds. A file is held once however often it is locked, and is free after one unlock. A lock
 * that was lost stays here, and every question about it is refused, until it is unlocked: so nobody goes on as if it
 * were held. Thread-safe.
 */
final class SessionLocks {
    /** How long an unlock waits for its confirmation. */
    private static final Duration CONFIRMED = Duration.ofSeconds(10);

    /**
     * One file.
     *
     * @param leaseLeft after how long it ends by itself, if it does
     * @param already whether the session held it before it was asked for
     */
    record Item(
            RepoPath path,
            LockMode mode,
            String token,
            Instant since,
            String reason,
            Optional<Duration> leaseLeft,
            boolean already) {}

    /** One file as this session has it. */
    private static final class Entry {
        private final LockGrant grant;
        private final Instant since;
        private final String reason;
        private @Nullable Loss loss;
        /** The request that was last told of it. */
        private Object told;

        Entry(LockGrant grant, Instant since, String reason, Object told) {
            this.grant = grant;
            this.since = since;
            this.reason = reason;
            this.told = told;
        }

        Item item(boolean already) {
            return new Item(
                    grant.path(), grant.mode(), grant.token().toString(), since, reason, grant.leaseLeft(), already);
        }
    }

    /** What one request came to hold. */
    final class Taken {
        private final List<Item> items;

        private Taken(List<Item> items) {
            this.items = List.copyOf(items);
        }

        List<Item> items() {
            return items;
        }

        /** Gives back what only this request asked for; for when whoever asked is not there to hear of it. */
        void withdraw() {
            List<LockGrant> mine = new ArrayList<>();
            synchronized (SessionLocks.this) {
                for (Item item : items) {
                    Entry entry = entries.get(item.path());
                    if (!item.already() && entry != null && entry.told == this) {
                        entries.remove(item.path());
                        mine.add(entry.grant);
                    }
                }
            }
            mine.forEach(LockGrant::releaseAsync);
        }
    }

    private final Locker locker;
    private final InstantSource time;
    private final Executor executor;
    private final Function<RepoPath, Loss> losses;
    private final Consumer<Loss> onLost;
    private final Map<RepoPath, Entry> entries = new TreeMap<>();

    /**
     * @param executor where the loss of a lock is worked on
     * @param losses says why; asked once for each loss
     * @param onLost is told of it once
     */
    SessionLocks(
            Locker locker,
            InstantSource time,
            Executor executor,
            Function<RepoPath, Loss> losses,
            Consumer<Loss> onLost) {
        this.locker = locker;
        this.time = time;
        this.executor = executor;
        this.losses = losses;
        this.onLost = onLost;
    }

    /**
     * Locks all or none, without a thread that waits. Fails with {@link LockRefusedException} when one is held by another,
     * or {@link CliException}: LOST when one was lost and not unlocked since, UNREACHABLE when it cannot be known.
     * Cancelling leaves nothing behind that this request alone asked for.
     */
    CompletableFuture<Taken> lock(Collection<RepoPath> paths, LockOptions options) {
        try {
            requireNoneLost(paths);
        } catch (CliException e) {
            return CompletableFuture.failedFuture(e);
        }
        return Cancellable.map(
                locker.lockAll(PathSet.of(paths), options), answer -> admit(answer, options.reason()), Taken::withdraw);
    }

    /**
     * Unlocks. When one is not held nothing is unlocked, and it fails with NOT_HELD; when one was lost, the others are
     * unlocked, the loss is taken as known, and it fails with LOST.
     */
    CompletableFuture<List<RepoPath>> unlock(Collection<RepoPath> paths) {
        Map<RepoPath, Entry> mine = new LinkedHashMap<>();
        synchronized (this) {
            for (RepoPath path : new TreeSet<>(paths)) {
                Entry entry = entries.get(path);
                if (entry == null) {
                    return CompletableFuture.failedFuture(new CliException(
                            ExitCode.NOT_HELD,
                            path + " is not locked by this session; nothing was unlocked, 'bumba held' lists what is"));
                }
                mine.put(path, entry);
            }
            entries.keySet().removeAll(mine.keySet());
        }
        return release(mine);
    }

    /** Unlocks everything, as {@link #unlock} does. */
    CompletableFuture<List<RepoPath>> unlockAll() {
        synchronized (this) {
            Map<RepoPath, Entry> all = new LinkedHashMap<>(entries);
            entries.clear();
            return release(all);
        }
    }

    /**
     * What is held now.
     *
     * @throws CliException LOST when something was lost and not unlocked since, UNREACHABLE when it cannot be known
     */
    synchronized List<Item> held() {
        requireNoneLost(entries.keySet());
        entries.values().forEach(entry -> requireValid(entry.grant));
        return entries.values().stream().map(entry -> entry.item(true)).toList();
    }

    /** The files whose lock was lost and that were not unlocked since. */
    synchronized List<RepoPath> lostPaths() {
        return entries.values().stream()
                .filter(entry -> entry.loss != null)
                .map(entry -> entry.grant.path())
                .toList();
    }

    /** Whether the file has an entry, held or lost. */
    synchronized boolean knows(RepoPath path) {
        return entries.containsKey(path);
    }

    /** Takes in what was granted; what the session holds already is counted once. */
    private Taken admit(LockAllResult answer, String reason) {
        GrantSet granted = granted(answer);
        List<LockGrant> spare = new ArrayList<>();
        List<LockGrant> fresh = new ArrayList<>();
        Taken taken;
        synchronized (this) {
            List<LockGrant> grants = granted.grants();
            try {
                requireNoneLost(grants.stream().map(LockGrant::path).toList());
                for (LockGrant grant : grants) {
                    requireValid(grant);
                    Entry known = entries.get(grant.path());
                    if (known != null) {
                        requireValid(known.grant);
                    }
                }
            } catch (CliException e) {
                CompletableFuture<List<RepoPath>> unused = granted.releaseAsync();
                throw e;
            }
            List<Entry> asked = new ArrayList<>();
            List<Item> items = new ArrayList<>();
            for (LockGrant grant : grants) {
                Entry known = entries.get(grant.path());
                if (known != null && (known.grant.mode() == LockMode.EXCLUSIVE || known.grant.mode() == grant.mode())) {
                    spare.add(grant);
                    asked.add(known);
                    items.add(known.item(true));
                } else {
                    if (known != null) {
                        spare.add(known.grant);
                    }
                    Entry entry = new Entry(grant, time.instant().truncatedTo(ChronoUnit.MILLIS), reason, this);
                    entries.put(grant.path(), entry);
                    fresh.add(grant);
                    asked.add(entry);
                    items.add(entry.item(false));
                }
            }
            taken = new Taken(items);
            asked.forEach(entry -> entry.told = taken);
        }
        spare.forEach(LockGrant::releaseAsync);
        fresh.forEach(grant -> grant.onLost(executor, () -> lost(grant)));
        return taken;
    }

    private static GrantSet granted(LockAllResult answer) {
        if (answer instanceof LockAllResult.Refused refused && refused.why() instanceof LockResult.Lost lost) {
            throw new CliException(ExitCode.LOST, lost.message());
        }
        return answer.orElseThrow();
    }

    private void lost(LockGrant grant) {
        Loss loss;
        synchronized (this) {
            Entry entry = entries.get(grant.path());
            if (entry == null || entry.grant != grant || entry.loss != null) {
                return;
            }
            loss = losses.apply(grant.path());
            entry.loss = loss;
        }
        onLost.accept(loss);
    }

    private CompletableFuture<List<RepoPath>> release(Map<RepoPath, Entry> mine) {
        Map<RepoPath, Loss> lost = new TreeMap<>();
        List<CompletableFuture<?>> releases = new ArrayList<>();
        mine.forEach((path, entry) ->
                releases.add(entry.grant.releaseAsync().toCompletableFuture().thenAccept(result -> {
                    if (entry.loss != null || result == ReleaseResult.LOST) {
                        Loss loss = entry.loss != null ? entry.loss : losses.apply(path);
                        synchronized (lost) {
                            lost.put(path, loss);
                        }
                    }
                })));
        return CompletableFuture.allOf(releases.toArray(CompletableFuture[]::new))
                .orTimeout(CONFIRMED.toNanos(), TimeUnit.NANOSECONDS)
                .handle((done, failure) -> {
                    synchronized (lost) {
                        requireNone(lost.values());
                    }
                    if (failure != null) {
                        throw new CliException(
                                ExitCode.PROBLEM,
                                "ZooKeeper did not confirm the unlock of " + mine.keySet()
                                        + "; it goes on in the background, at the latest until this session ends",
                                failure);
                    }
                    return List.copyOf(mine.keySet());
                });
    }

    private static void requireNone(Collection<Loss> lost) {
        if (!lost.isEmpty()) {
            throw new CliException(
                    ExitCode.LOST,
                    Loss.say(lost, "had been lost")
                            + ": what was done since is not protected; look at the file before you lock it again");
        }
    }

    /** Of these files. */
    private synchronized void requireNoneLost(Collection<RepoPath> paths) {
        List<Loss> lost = new ArrayList<>();
        for (RepoPath path : new TreeSet<>(paths)) {
            Entry entry = entries.get(path);
            if (entry != null && entry.loss != null) {
                lost.add(entry.loss);
            }
        }
        if (!lost.isEmpty()) {
            throw new CliException(
                    ExitCode.LOST,
                    Loss.say(lost, "was lost")
                            + ": what was done since is not protected; look at the file, then 'bumba unlock "
                            + lost.get(0).path() + "', then lock it again");
        }
    }

    private static void requireValid(@Nullable LockGrant grant) {
        if (grant != null && !grant.isValid()) {
            throw new CliException(
                    ExitCode.UNREACHABLE,
                    "no connection to ZooKeeper, so nobody knows whether " + grant.path()
                            + " is still locked; write nothing, and ask again");
        }
    }
}

package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.event.Event;
import io.bumba.event.Events;
import io.bumba.path.RepoPath;
import io.bumba.zk.Archive;
import io.bumba.zk.Children;
import io.bumba.zk.Cluster;
import io.bumba.zk.Codec;
import io.bumba.zk.Layout;
import io.bumba.zk.Node;
import io.bumba.zk.Outcome;
import io.bumba.zk.Session;
import io.bumba.zk.Transaction;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Ends grants of others, and keeps who did it and why. One transaction deletes the holder's contender and makes
 * {@code /breaks/{token}}, so there is no break without its record (P16). It names that one contender, and names are never
 * given twice: a successor is not hit, whatever the race, and two who break the same grant end and record it once.
 *
 * <p>Who is waiting is not touched. The holder finds its node gone, and its later release says so and harms nobody.
 * After a lost reply the record is looked for behind a write; only when it is not there, so that nothing has happened nor
 * will, the transaction is sent again. When no answer comes in time the outcome is not known, and the exception says so.
 * Thread-safe.
 */
public final class Breaks {
    /** How many records are kept by {@link #prune} when nobody says otherwise. */
    public static final int KEPT = 1_000;

    private static final Pattern RECORD = Pattern.compile("[0-9a-f]{16}");

    /** Their sequence numbers, as Curator's mutex compares them. */
    private static final Comparator<String> MUTEXES_IN_LINE =
            Comparator.comparing(name -> name.substring(name.lastIndexOf("lock-")));

    private final Supplier<Session> session;
    private final Layout layout;
    private final Cluster cluster;
    private final Events events;
    private final InstantSource time;
    private final Archive archive;

    public Breaks(Supplier<Session> session, Layout layout, Cluster cluster, Events events, InstantSource time) {
        this.session = session;
        this.layout = layout;
        this.cluster = cluster;
        this.events = events;
        this.time = time;
        this.archive = new Archive(session, cluster, layout.breaks(), RECORD, "records of breaks");
    }

    /**
     * Ends what is held of the file at the moment of a look. Who has given it back meanwhile is left out.
     *
     * @throws BumbaException when the servers do not answer in time; some of several grants may have ended then, each
     *     with its record, and it is safe to ask again
     */
    public BreakResult breakLock(BreakRequest request) {
        Session now = session.get();
        Act act = new Act(now, request.by(), request.reason());
        return act.await(
                request.path(),
                targets(now, request)
                        .thenCompose(targets -> act.end(request.path(), targets))
                        .thenCompose(ended -> ended.isEmpty()
                                ? notHeld(now, request.path(), request.token())
                                : CompletableFuture.completedFuture(new BreakResult.Broken(request.path(), ended))));
    }

    /**
     * Ends a hold that has outlasted its lease, unless its node has changed since it was seen so: then the lease began
     * anew, and the answer is {@link BreakResult.NotHeld}.
     *
     * @throws BumbaException as {@link #breakLock}
     */
    public BreakResult expire(LeasedHold hold, String by, String reason) {
        BreakRequest request = BreakRequest.of(hold.path(), by, reason).only(hold.token());
        Session now = session.get();
        Act act = new Act(now, request.by(), request.reason());
        Target target =
                new Target(hold.contender(), hold.agent(), hold.mode(), hold.token(), OptionalInt.of(hold.version()));
        return act.await(
                hold.path(),
                act.end(hold.path(), List.of(target))
                        .thenCompose(ended -> ended.isEmpty()
                                ? notHeld(now, hold.path(), request.token())
                                : CompletableFuture.completedFuture(new BreakResult.Broken(hold.path(), ended))));
    }

    /** Why the grant with this token ended, if somebody else ended it. */
    public CompletableFuture<Optional<BreakRecord>> find(FencingToken token) {
        return find(session.get(), layout, token);
    }

    /** {@link #find(FencingToken)} on a session that is at hand; nothing blocks. */
    static CompletableFuture<Optional<BreakRecord>> find(Session session, Layout layout, FencingToken token) {
        return session.read(layout.broken(token.zxid())).thenApply(node -> node.flatMap(Breaks::decode));
    }

    /**
     * The last breaks, the latest first.
     *
     * @param limit the most that are given, at least 1
     * @throws BumbaException when the servers do not answer
     */
    public List<BreakRecord> latest(int limit) {
        return archive.latest(limit, BreakRecord.class);
    }

    /**
     * Deletes the oldest records.
     *
     * @param keep how many of the latest stay
     * @return how many were deleted
     * @throws BumbaException when the servers do not answer
     */
    public int prune(int keep) {
        return archive.prune(keep);
    }

    /** What is to be ended. */
    private record Target(String contender, String agent, LockMode mode, FencingToken token, OptionalInt onlyVersion) {}

    private CompletableFuture<List<Target>> targets(Session now, BreakRequest request) {
        String parent = layout.lock(request.path());
        return now.children(parent).thenCompose(children -> {
            Line line = Line.of(children.orElse(Children.NONE).names(), List.of());
            List<Contender> meant = request.foreign() ? mutex(line) : line.holders();
            List<CompletableFuture<Optional<Target>>> reads = meant.stream()
                    .map(each -> now.read(parent + "/" + each.name()).thenApply(node -> node.map(n -> target(each, n))))
                    .toList();
            return all(reads).thenApply(targets -> targets.stream()
                    .flatMap(Optional::stream)
                    .filter(t -> request.token().map(t.token()::equals).orElse(true))
                    .toList());
        });
    }

    /** The stock mutex that holds, as if it were an exclusive contender. */
    private static List<Contender> mutex(Line line) {
        return line.foreign().stream()
                .filter(Contender::isMutex)
                .min(MUTEXES_IN_LINE)
                .map(name -> new Contender(name, false, LockMode.EXCLUSIVE, 0))
                .stream()
                .toList();
    }

    private static Target target(Contender contender, Node node) {
        Holder holder = LockReader.holder(contender, node);
        return new Target(contender.name(), holder.agent(), holder.mode(), holder.token(), OptionalInt.empty());
    }

    private CompletableFuture<BreakResult> notHeld(Session now, RepoPath path, Optional<FencingToken> token) {
        CompletableFuture<Optional<BreakRecord>> earlier = token.map(t -> find(now, layout, t))
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
        return LockReader.read(now, layout, path)
                .thenCombine(
                        earlier,
                        (seen, record) -> new BreakResult.NotHeld(
                                path,
                                token,
                                seen.entry().holders(),
                                record,
                                seen.entry().foreign().stream()
                                        .filter(Contender::isMutex)
                                        .min(MUTEXES_IN_LINE)));
    }

    /** One order, carried out on one session. */
    private final class Act {
        private final Session on;
        private final String by;
        private final String reason;
        private final String id = UUID.randomUUID().toString();
        private final AtomicBoolean abandoned = new AtomicBoolean();

        private Act(Session on, String by, String reason) {
            this.on = on;
            this.by = by;
            this.reason = reason;
        }

        private BreakResult await(RepoPath path, CompletableFuture<BreakResult> answer) {
            try {
                return cluster.await(answer, "break the lock of " + path);
            } catch (BumbaException e) {
                abandoned.set(true);
                throw new BumbaException(
                        e.code(),
                        "whether the lock of " + path + " was broken is not known: " + e.getMessage()
                                + "; if it was, it is among the recorded breaks",
                        e);
            }
        }

        /** The records of those that were ended by this order. */
        private CompletableFuture<List<BreakRecord>> end(RepoPath path, List<Target> targets) {
            return all(targets.stream().map(target -> end(path, target)).toList())
                    .thenApply(ended -> ended.stream().flatMap(Optional::stream).toList());
        }

        private CompletableFuture<Optional<BreakRecord>> end(RepoPath path, Target target) {
            BreakRecord record = new BreakRecord(
                    path.value(), target.agent(), target.mode(), target.token().zxid(), by, reason, time.instant(), id);
            return commit(path, target, record).thenApply(done -> {
                if (!done) {
                    return Optional.empty();
                }
                events.publish(new Event.LockBroken(record.at(), record.agent(), path, record.token(), by, reason));
                return Optional.of(record);
            });
        }

        /** Whether it was us who ended it. */
        private CompletableFuture<Boolean> commit(RepoPath path, Target target, BreakRecord record) {
            String node = layout.lock(path) + "/" + target.contender();
            Transaction transaction = on.transaction();
            target.onlyVersion().ifPresent(version -> transaction.check(node, version));
            transaction.delete(node).persistent(layout.broken(record.token()), Codec.encode(record));
            int recording = transaction.size() - 1;
            return on.commit(transaction).thenCompose(outcome -> {
                if (outcome instanceof Outcome.Committed) {
                    return CompletableFuture.completedFuture(true);
                }
                if (outcome instanceof Outcome.Refused refused) {
                    boolean expected = refused.index() < recording
                            && (refused.reason() == Outcome.Reason.NO_NODE
                                    || refused.reason() == Outcome.Reason.BAD_VERSION);
                    return expected
                            ? CompletableFuture.completedFuture(false)
                            : CompletableFuture.failedFuture(
                                    Session.refused("break the lock of " + path, refused.reason()));
                }
                // The reply was lost; or the session is over, which the barrier says.
                return on.barrier()
                        .thenCompose(sure -> isRecorded(target.token()))
                        .thenCompose(done -> done || abandoned.get()
                                ? CompletableFuture.completedFuture(done)
                                : commit(path, target, record));
            });
        }

        private CompletableFuture<Boolean> isRecorded(FencingToken token) {
            return find(on, layout, token)
                    .thenApply(found ->
                            found.map(record -> record.act().equals(id)).orElse(false));
        }
    }

    private static Optional<BreakRecord> decode(Node node) {
        return Codec.decode(node.data(), BreakRecord.class).value();
    }

    private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
    }
}

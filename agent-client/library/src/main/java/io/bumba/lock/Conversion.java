package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import io.bumba.zk.Children;
import io.bumba.zk.Codec;
import io.bumba.zk.Node;
import io.bumba.zk.Outcome;
import io.bumba.zk.Session;
import io.bumba.zk.SessionOverException;
import io.bumba.zk.Transaction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Makes a holder's contender one of the other mode, at the same place in the line: one transaction deletes it and creates
 * its counterpart with the same sequence number. Nobody can come between.
 *
 * <p>To EXCLUSIVE only while nobody else stands in the line, proven by the version of the lock's node, which every
 * contender of ours raises. A stock Curator reader does not raise it: one that came before the transaction is found
 * after it, and the conversion is undone before anybody was told of it. That nobody may <em>wait</em> in the line either
 * keeps the tokens in order: a contender that stands there has a smaller token than the upgrade would get.
 *
 * <p>Either way it is a new contender to the territories, which are asked first and whose ledger the transaction checks.
 * For one conversion; not thread-safe.
 */
final class Conversion {
    /** What became of it. */
    sealed interface Result {
        /**
         * It stands.
         *
         * @param name of the contender now
         * @param zxid of the transaction
         */
        record Converted(String name, long zxid) implements Result {}

        /** Others stand in the line; nothing was changed. */
        record Occupied() implements Result {}

        /** A territory forbids it; nothing was changed. */
        record Forbidden(Claim by) implements Result {}

        /** A territory is being allocated there, or the ledger is too busy; nothing was changed. */
        record Delayed() implements Result {}

        /** The contender is gone: somebody deleted it, or the session ended. */
        record Removed() implements Result {}
    }

    private static final Passage.Open UNRECORDED = new Passage.Open(0, List.of());

    private final Workshop shop;
    private final Session session;
    private final RepoPath path;
    private final String lockNode;
    private int attempts;
    private int stale;

    Conversion(Workshop shop, Session session, RepoPath path) {
        this.shop = shop;
        this.session = session;
        this.path = path;
        this.lockNode = shop.layout().lock(path);
    }

    /** The holder shares from now on. The data must keep the token, for the node gets another czxid. */
    CompletableFuture<Result> toShared(String name, ContenderData data) {
        return ended(share(name, data));
    }

    private CompletableFuture<Result> share(String name, ContenderData data) {
        return ask(data.agent(), LockMode.SHARED, passage -> {
            Transaction guarded = session.transaction().check(shop.borders().ledger(), passage.version());
            return exchange(guarded, name, LockMode.SHARED, data, passage, () -> share(name, data));
        });
    }

    /**
     * The only reader holds alone from now on, under the zxid of the transaction.
     *
     * @param held the token until now
     */
    CompletableFuture<Result> toExclusive(String name, ContenderData data, FencingToken held) {
        return ended(claim(name, data, held));
    }

    private CompletableFuture<Result> claim(String name, ContenderData data, FencingToken held) {
        return ask(data.agent(), LockMode.EXCLUSIVE, passage -> session.children(lockNode)
                .thenApply(found -> found.orElse(Children.NONE))
                .thenCompose(found -> {
                    Line line = Line.of(found.names(), List.of());
                    if (!line.contains(name)) {
                        return done(new Result.Removed());
                    }
                    if (line.contenders().size() > 1 || line.mutex().isPresent()) {
                        return done(new Result.Occupied());
                    }
                    Transaction guarded = session.transaction()
                            .check(shop.borders().ledger(), passage.version())
                            .check(lockNode, found.version());
                    return exchange(
                                    guarded,
                                    name,
                                    LockMode.EXCLUSIVE,
                                    data.withToken(Optional.empty()),
                                    passage,
                                    () -> claim(name, data, held))
                            .thenCompose(result -> result instanceof Result.Converted converted
                                    ? unlessOvertaken(converted, data.withToken(Optional.of(held.zxid())))
                                    : done(result));
                }));
    }

    /** A stock reader that came before the transaction may hold: then we step back. */
    private CompletableFuture<Result> unlessOvertaken(Result.Converted now, ContenderData shared) {
        return session.children(lockNode).thenCompose(found -> {
            List<CompletableFuture<Boolean>> before = found.orElse(Children.NONE).names().stream()
                    .filter(name -> !name.equals(now.name()))
                    .map(name -> session.read(lockNode + "/" + name)
                            .thenApply(node -> node.map(Node::czxid).orElse(Long.MAX_VALUE) < now.zxid()))
                    .toList();
            return CompletableFuture.allOf(before.toArray(CompletableFuture[]::new))
                    .thenCompose(all -> before.stream().noneMatch(CompletableFuture::join)
                            ? done(now)
                            : stepBack(now.name(), shared)
                                    .thenApply(back -> back instanceof Result.Converted
                                            ? new Result.Occupied()
                                            : new Result.Removed()));
        });
    }

    /** Undoes; no territory came between, for a contender of the agent stood all the time. */
    private CompletableFuture<Result> stepBack(String name, ContenderData shared) {
        return exchange(session.transaction(), name, LockMode.SHARED, shared, UNRECORDED, () -> stepBack(name, shared));
    }

    /** Goes on if the territories let it; what they refuse changes nothing. */
    private CompletableFuture<Result> ask(
            String agent, LockMode mode, Function<Passage.Open, CompletableFuture<Result>> through) {
        return shop.borders().passage(session, agent, path, mode).thenCompose(passage -> {
            if (passage instanceof Passage.Open open) {
                return through.apply(open);
            }
            return done(
                    passage instanceof Passage.Closed closed
                            ? new Result.Forbidden(closed.by())
                            : new Result.Delayed());
        });
    }

    /**
     * Exchanges the contender for one of the mode.
     *
     * @param tx what is to hold besides, the ledger's version first
     * @param again what to do when that did not hold, or the transaction never happened
     */
    private CompletableFuture<Result> exchange(
            Transaction tx,
            String name,
            LockMode mode,
            ContenderData data,
            Passage.Open passage,
            Supplier<CompletableFuture<Result>> again) {
        String converted = Contender.parse(name).orElseThrow().inMode(mode);
        AccessRecords accesses = new AccessRecords(shop, session, data.agent(), path);
        List<String> parents = accesses.parents(passage);
        Runnable happened = () -> accesses.made(passage, mode);
        return shop.containers().missing(session, parents).thenCompose(missing -> {
            missing.forEach(tx::container);
            accesses.add(tx, passage, mode);
            int conditions = tx.size();
            tx.delete(lockNode + "/" + name)
                    .set(lockNode, converted.getBytes(StandardCharsets.UTF_8))
                    .ephemeral(lockNode + "/" + converted, Codec.encode(data));
            return session.commit(tx).thenCompose(outcome -> {
                if (outcome instanceof Outcome.Committed committed) {
                    shop.containers().remember(parents);
                    accesses.trim(passage, committed.created());
                    happened.run();
                    return done(new Result.Converted(converted, committed.zxid()));
                }
                if (outcome instanceof Outcome.Refused refused) {
                    return refused.index() < conditions
                            ? notNow(refused, parents, again)
                            : refused.reason() == Outcome.Reason.NO_NODE
                                    ? done(new Result.Removed())
                                    : CompletableFuture.failedFuture(refused(refused.reason()));
                }
                return outcome instanceof Outcome.Over
                        ? done(new Result.Removed())
                        : recover(name, converted, happened, again);
            });
        });
    }

    /** Something other than the contender has changed: looks again. */
    private CompletableFuture<Result> notNow(
            Outcome.Refused refused, List<String> parents, Supplier<CompletableFuture<Result>> again) {
        if (refused.reason() == Outcome.Reason.BAD_VERSION && refused.index() == 0) {
            return ++stale > RequestNodes.MAX_STALE
                    ? done(new Result.Delayed())
                    : shop.borders().refresh(session).thenCompose(refreshed -> again.get());
        }
        shop.containers().forget(parents);
        return refused.reason() == Outcome.Reason.NO_AUTH || ++attempts > RequestNodes.MAX_ATTEMPTS
                ? CompletableFuture.failedFuture(refused(refused.reason()))
                : again.get();
    }

    private BumbaException refused(Outcome.Reason reason) {
        return Session.refused("convert " + path, reason);
    }

    private CompletableFuture<Result> recover(
            String name, String converted, Runnable happened, Supplier<CompletableFuture<Result>> again) {
        return session.barrier().thenCompose(sure -> session.children(lockNode)).thenCompose(found -> {
            List<String> names = found.orElse(Children.NONE).names();
            if (names.contains(converted)) {
                happened.run();
                return session.read(lockNode + "/" + converted)
                        .thenApply(node -> node.<Result>map(n -> new Result.Converted(converted, n.czxid()))
                                .orElseGet(Result.Removed::new));
            }
            return names.contains(name) ? again.get() : done(new Result.Removed());
        });
    }

    private static CompletableFuture<Result> ended(CompletableFuture<Result> conversion) {
        return conversion.exceptionallyCompose(failure -> Async.cause(failure) instanceof SessionOverException
                ? done(new Result.Removed())
                : CompletableFuture.failedFuture(failure));
    }

    private static CompletableFuture<Result> done(Result result) {
        return CompletableFuture.completedFuture(result);
    }
}

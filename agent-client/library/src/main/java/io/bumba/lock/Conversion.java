package io.bumba.lock;

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
import java.util.function.Supplier;

/**
 * Makes a holder's contender one of the other mode, at the same place in the line: one transaction deletes it and creates
 * its counterpart with the same sequence number. Nobody can come between.
 *
 * <p>To EXCLUSIVE only while nobody else stands in the line, proven by the version of the lock's node, which every
 * contender of ours raises. A stock Curator reader does not raise it: one that came before the transaction is found
 * after it, and the conversion is undone before anybody was told of it. That nobody may <em>wait</em> in the line either
 * keeps the tokens in order: a contender that stands there has a smaller token than the upgrade would get.
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

        /** The contender is gone: somebody deleted it, or the session ended. */
        record Removed() implements Result {}
    }

    private final Workshop shop;
    private final Session session;
    private final RepoPath path;
    private final String lockNode;

    Conversion(Workshop shop, Session session, RepoPath path) {
        this.shop = shop;
        this.session = session;
        this.path = path;
        this.lockNode = shop.layout().lock(path);
    }

    /** The holder shares from now on. The data must keep the token, for the node gets another czxid. */
    CompletableFuture<Result> toShared(String name, ContenderData data) {
        return ended(exchange(name, LockMode.SHARED, data));
    }

    /**
     * The only reader holds alone from now on, under the zxid of the transaction.
     *
     * @param held the token until now
     */
    CompletableFuture<Result> toExclusive(String name, ContenderData data, FencingToken held) {
        return ended(claim(name, data, held, 0));
    }

    private CompletableFuture<Result> claim(String name, ContenderData data, FencingToken held, int attempts) {
        if (attempts > RequestNodes.MAX_ATTEMPTS) {
            return CompletableFuture.failedFuture(Session.refused("upgrade " + path, Outcome.Reason.BAD_VERSION));
        }
        return shop.ledger().version(session).thenCompose(ledger -> session.children(lockNode)
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
                            .check(shop.ledger().path(), ledger)
                            .check(lockNode, found.version());
                    return exchange(
                                    guarded,
                                    name,
                                    LockMode.EXCLUSIVE,
                                    data.withToken(Optional.empty()),
                                    () -> claim(name, data, held, attempts + 1))
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
                            : exchange(now.name(), LockMode.SHARED, shared)
                                    .thenApply(back -> back instanceof Result.Converted
                                            ? new Result.Occupied()
                                            : new Result.Removed()));
        });
    }

    private CompletableFuture<Result> exchange(String name, LockMode mode, ContenderData data) {
        return exchange(session.transaction(), name, mode, data, () -> exchange(name, mode, data));
    }

    /** @param again what to do when the transaction's own conditions did not hold, or it never happened */
    private CompletableFuture<Result> exchange(
            Transaction tx, String name, LockMode mode, ContenderData data, Supplier<CompletableFuture<Result>> again) {
        String converted = Contender.parse(name).orElseThrow().inMode(mode);
        tx.delete(lockNode + "/" + name)
                .set(lockNode, converted.getBytes(StandardCharsets.UTF_8))
                .ephemeral(lockNode + "/" + converted, Codec.encode(data));
        return session.commit(tx).thenCompose(outcome -> {
            if (outcome instanceof Outcome.Committed committed) {
                return done(new Result.Converted(converted, committed.zxid()));
            }
            if (outcome instanceof Outcome.Refused refused) {
                return switch (refused.reason()) {
                    case NO_NODE -> done(new Result.Removed());
                    case BAD_VERSION -> shop.ledger().refresh(session).thenCompose(version -> again.get());
                    default -> CompletableFuture.failedFuture(Session.refused("convert " + path, refused.reason()));
                };
            }
            return outcome instanceof Outcome.Over ? done(new Result.Removed()) : recover(name, converted, again);
        });
    }

    private CompletableFuture<Result> recover(
            String name, String converted, Supplier<CompletableFuture<Result>> again) {
        return session.barrier().thenCompose(sure -> session.children(lockNode)).thenCompose(found -> {
            List<String> names = found.orElse(Children.NONE).names();
            if (names.contains(converted)) {
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

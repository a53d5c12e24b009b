package io.bumba.lock;

import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import io.bumba.zk.Children;
import io.bumba.zk.Cluster;
import io.bumba.zk.Layout;
import io.bumba.zk.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Removes what an acquisition that ended may have left, whatever became of its last transaction. */
final class Sweeper {
    private Sweeper() {}

    /**
     * Completes when no contender, no waiter whose uuid begins so, and no such wait node exists or ever will; goes on through disconnections, and
     * ends with the session. No request of the acquisition may be sent after this.
     */
    static CompletableFuture<Void> sweep(
            Session session, Layout layout, RepoPath path, String own, Optional<String> waitNode) {
        CompletableFuture<Void> swept = session.barrier().thenCompose(sure -> {
            List<CompletableFuture<List<String>>> finds = new ArrayList<>();
            for (String parent : List.of(layout.lock(path), layout.queue(path))) {
                finds.add(session.children(parent).thenApply(children -> children.orElse(Children.NONE).names().stream()
                        .filter(name -> name.contains(own))
                        .map(name -> parent + "/" + name)
                        .toList()));
            }
            return finds.get(0)
                    .thenCombine(finds.get(1), (contenders, waiters) -> {
                        List<String> all = new ArrayList<>(contenders);
                        all.addAll(waiters);
                        waitNode.ifPresent(all::add);
                        return all;
                    })
                    .thenCompose(found -> CompletableFuture.allOf(found.stream()
                            .map(node ->
                                    Cluster.once(session, s -> s.transaction().delete(node)))
                            .toArray(CompletableFuture[]::new)));
        });
        return swept.exceptionallyCompose(failed -> session.isOver()
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(Async.cause(failed)));
    }
}

package io.bumba.lock;

import io.bumba.path.RepoPath;
import io.bumba.zk.Session;
import java.util.concurrent.CompletableFuture;

/** Asks Curator's recipe, on the file's lane. */
final class Recipe {
    private Recipe() {}

    /**
     * Whether the recipe agrees that the contender holds. When it does not, it may have deleted the contender. Completes on
     * the lane, which must not be held up.
     */
    static CompletableFuture<Boolean> agrees(Workshop shop, Session session, RepoPath path, String contender) {
        CompletableFuture<Boolean> agreed = new CompletableFuture<>();
        shop.lanes().of(path).execute(() -> {
            boolean granted;
            try {
                granted = new FileMutex(shop.client(), session, shop.layout().lock(path), contender).acquireNow();
            } catch (Exception e) {
                granted = false;
            }
            agreed.complete(granted);
        });
        return agreed;
    }
}

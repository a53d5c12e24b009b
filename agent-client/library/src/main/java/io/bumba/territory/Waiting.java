package io.bumba.territory;

import io.bumba.lock.DeadlockLink;
import io.bumba.zk.Session;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What others see of a request that waits: who is in a deadlock through it learns it from there. One step at a time. */
final class Waiting {
    Waiting(
            Ground ground,
            Session session,
            String agent,
            String uuid,
            String what,
            Consumer<List<DeadlockLink>> marked) {}

    CompletableFuture<Void> declare(String place) {
        return CompletableFuture.completedFuture(null);
    }

    CompletableFuture<Void> end() {
        return CompletableFuture.completedFuture(null);
    }
}

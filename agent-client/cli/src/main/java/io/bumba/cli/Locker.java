package io.bumba.cli;

import io.bumba.lock.LockAllResult;
import io.bumba.lock.LockOptions;
import io.bumba.path.PathSet;
import java.util.concurrent.CompletableFuture;

/** How an agent's files are asked for: all or none; cancelling the future leaves nothing behind. */
interface Locker {
    CompletableFuture<LockAllResult> lockAll(PathSet paths, LockOptions options);
}

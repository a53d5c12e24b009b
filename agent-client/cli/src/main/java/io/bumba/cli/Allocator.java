package io.bumba.cli;

import io.bumba.territory.AllocateResult;
import io.bumba.territory.TerritoryRequest;
import java.util.concurrent.CompletableFuture;

/** How an agent's territories are asked for; cancelling the future leaves nothing behind. */
interface Allocator {
    CompletableFuture<AllocateResult> allocate(TerritoryRequest request);
}

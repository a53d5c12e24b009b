package io.bumba.cli;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A territory that this process keeps, and what it has to know of it. */
interface KeptTerritory {
    String id();

    /** Its owner. */
    String agent();

    /** Such as {@code EXCLUSIVE: src/**}. */
    String area();

    /** Completes with why, when whoever works in it must stop: it is lost, or the time to finish is nearly over. */
    CompletableFuture<String> end();

    /**
     * Gives it back; once.
     *
     * @param news is told what went wrong and harms nobody
     * @return why what was done inside was not protected to its end, if it was not
     */
    Optional<String> release(Consumer<String> news);
}

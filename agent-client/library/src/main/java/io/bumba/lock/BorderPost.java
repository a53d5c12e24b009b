package io.bumba.lock;

import io.bumba.path.RepoPath;
import io.bumba.zk.Session;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Where one request asks the territories whether it may contend, and hears when to ask again while one is being allocated
 * there. The watch stands before the question that it is kept for, so no change is missed. One question at a time; no
 * thread waits.
 */
final class BorderPost {
    /**
     * What the territories say.
     *
     * @param watch on the territory that is being allocated, while the passage is {@link Passage.Pending}; the caller takes
     *     it back. Empty when that one went meanwhile: ask again
     */
    record Answer(Passage passage, Optional<Session.Watch> watch) {
        boolean isPending() {
            return passage instanceof Passage.Pending;
        }
    }

    private final Borders borders;
    private final Session session;
    private final String agent;
    private final RepoPath path;
    private final LockMode mode;
    private volatile boolean pending;

    BorderPost(Borders borders, Session session, String agent, RepoPath path, LockMode mode) {
        this.borders = borders;
        this.session = session;
        this.agent = agent;
        this.path = path;
        this.mode = mode;
    }

    /** Whether the last answer was that a territory is being allocated. */
    boolean isPending() {
        return pending;
    }

    /**
     * Asks; complete at once where the copy of the territories answers.
     *
     * @param changed called on the event thread when a pending territory may have changed; perhaps for a watch that was
     *     taken back
     */
    CompletableFuture<Answer> ask(Runnable changed) {
        CompletableFuture<Passage> said = pending ? askAnew() : passage();
        return said.thenCompose(passage -> settle(passage, changed));
    }

    /**
     * Converts what is held, which stays held: while a territory is being allocated there it waits and tries again.
     *
     * @param until when this is complete it waits no longer, and the answer is {@link Hold.Upgrade.Delayed}
     */
    CompletableFuture<Hold.Upgrade> patiently(
            Supplier<CompletableFuture<Hold.Upgrade>> conversion, CompletableFuture<?> until) {
        return conversion
                .get()
                .thenCompose(how -> how instanceof Hold.Upgrade.Delayed && !until.isDone()
                        ? cleared(until)
                                .thenCompose(clear -> until.isDone()
                                        ? CompletableFuture.completedFuture(how)
                                        : patiently(conversion, until))
                        : CompletableFuture.completedFuture(how));
    }

    /** Completes when nothing is being allocated there, or with {@code until}. */
    private CompletableFuture<Void> cleared(CompletableFuture<?> until) {
        CompletableFuture<Void> changed = new CompletableFuture<>();
        return ask(() -> changed.complete(null)).thenCompose(answer -> {
            if (!answer.isPending() || until.isDone()) {
                answer.watch().ifPresent(Session.Watch::cancel);
                return CompletableFuture.completedFuture(null);
            }
            CompletableFuture<Void> woken =
                    answer.watch().isPresent() ? changed : CompletableFuture.completedFuture(null);
            return CompletableFuture.anyOf(woken, until.handle((done, failure) -> null))
                    .thenCompose(any -> {
                        answer.watch().ifPresent(Session.Watch::cancel);
                        return cleared(until);
                    });
        });
    }

    private CompletableFuture<Answer> settle(Passage said, Runnable changed) {
        pending = said instanceof Passage.Pending;
        if (!(said instanceof Passage.Pending there)) {
            return CompletableFuture.completedFuture(new Answer(said, Optional.empty()));
        }
        return session.watch(there.node(), changed).thenCompose(watch -> askAnew()
                .whenComplete((now, failure) -> {
                    if (failure != null) {
                        watch.ifPresent(Session.Watch::cancel);
                    }
                })
                .thenCompose(now -> {
                    if (now instanceof Passage.Pending still && still.node().equals(there.node())) {
                        return CompletableFuture.completedFuture(new Answer(now, watch));
                    }
                    watch.ifPresent(Session.Watch::cancel);
                    return settle(now, changed);
                }));
    }

    private CompletableFuture<Passage> askAnew() {
        return borders.refresh(session).thenCompose(refreshed -> passage());
    }

    private CompletableFuture<Passage> passage() {
        return borders.passage(session, agent, path, mode);
    }
}

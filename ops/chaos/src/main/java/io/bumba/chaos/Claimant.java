package io.bumba.chaos;

import io.bumba.path.PathPatterns;
import io.bumba.territory.AllocateResult;
import io.bumba.territory.Territories;
import io.bumba.territory.TerritoryGrant;
import io.bumba.territory.TerritoryRequest;
import io.bumba.zk.Async;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One agent that asks for territories, and writes down what it asked and was told. No thread waits. Thread-safe. */
final class Claimant {
    private final String agent;
    private final Territories territories;
    private final Marks marks;
    private final TerritoryHistory.Writer history;

    Claimant(String agent, Territories territories, Marks marks, TerritoryHistory.Writer history) {
        this.agent = agent;
        this.territories = territories;
        this.marks = marks;
        this.history = history;
    }

    /** The answer; empty when there was an error instead, which is written down. */
    CompletableFuture<Optional<TerritoryGrant>> allocate(TerritoryRequest request) {
        return marks.mark()
                .thenCompose(begin -> ask(
                        new Asked(
                                request.title(),
                                agent,
                                request.type().name(),
                                texts(request.patterns()),
                                false,
                                !request.patience().isZero(),
                                begin),
                        () -> territories.allocateAsync(request)));
    }

    CompletableFuture<Optional<TerritoryGrant>> resize(TerritoryGrant grant, PathPatterns patterns) {
        return marks.mark()
                .thenCompose(begin -> ask(
                        new Asked(grant.title(), agent, grant.type().name(), texts(patterns), true, false, begin),
                        () -> grant.resize(patterns).toCompletableFuture()));
    }

    private CompletableFuture<Optional<TerritoryGrant>> ask(
            Asked asked, Supplier<CompletableFuture<AllocateResult>> call) {
        history.write(asked);
        CompletableFuture<AllocateResult> answer;
        try {
            answer = call.get();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.handle(Told::new).thenCompose(told -> marks.mark().thenApply(end -> {
            history.write(told.to(asked, end));
            return Optional.ofNullable(told.result()).flatMap(AllocateResult::grant);
        }));
    }

    /** An answer, or an error. */
    private record Told(
            @Nullable AllocateResult result, @Nullable Throwable failure) {
        Asked to(Asked asked, long end) {
            return result != null
                    ? asked.answered(result, end)
                    : asked.failed(Async.cause(Objects.requireNonNull(failure)), end);
        }
    }

    static List<String> texts(PathPatterns patterns) {
        return patterns.patterns().stream().map(pattern -> pattern.value()).toList();
    }
}

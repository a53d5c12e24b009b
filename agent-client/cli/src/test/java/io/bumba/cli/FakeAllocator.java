package io.bumba.cli;

import io.bumba.agent.AgentId;
import io.bumba.path.PathPatterns;
import io.bumba.territory.AllocateResult;
import io.bumba.territory.Conflict;
import io.bumba.territory.Revocation;
import io.bumba.territory.TerritoryGrant;
import io.bumba.territory.TerritoryRequest;
import io.bumba.territory.TerritoryType;
import io.bumba.zk.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gives every territory that meets none of its others; who waits gets an answer when the test gives it. */
final class FakeAllocator implements Allocator {
    final List<String> asked = new ArrayList<>();
    final List<CompletableFuture<AllocateResult>> waiting = new ArrayList<>();
    /** Runs when somebody begins to wait; nothing at first. */
    Runnable onWaiting = () -> {};

    private final Map<String, Fake> standing = new HashMap<>();
    private boolean connected = true;
    private int ids;

    @Override
    public CompletableFuture<AllocateResult> allocate(TerritoryRequest request) {
        asked.add(request.patterns().patterns() + " " + request.patience());
        Optional<AllocateResult> conflict = conflict("", request.patterns());
        if (conflict.isEmpty()) {
            return CompletableFuture.completedFuture(give(request));
        }
        if (request.patience().equals(Duration.ZERO)) {
            return CompletableFuture.completedFuture(conflict.get());
        }
        CompletableFuture<AllocateResult> answer = new CompletableFuture<>();
        waiting.add(answer);
        onWaiting.run();
        return answer;
    }

    AllocateResult give(TerritoryRequest request) {
        Fake made = new Fake("t-" + ++ids, request);
        standing.put(made.id, made);
        return new AllocateResult.Allocated(made);
    }

    private Optional<AllocateResult> conflict(String self, PathPatterns wanted) {
        return standing.values().stream()
                .filter(other -> !other.id.equals(self))
                .flatMap(other -> wanted.meets(other.patterns).stream()
                        .map(meeting -> (AllocateResult) new AllocateResult.Conflicting(
                                List.of(new Conflict(
                                        "Tester-Other-1-00000000",
                                        Conflict.Kind.TERRITORY,
                                        other.id,
                                        meeting.mine().value(),
                                        meeting.theirs().value(),
                                        Instant.EPOCH,
                                        other.title())),
                                0,
                                List.of("free/"),
                                false,
                                0)))
                .findFirst();
    }

    List<String> standing() {
        return standing.keySet().stream().sorted().toList();
    }

    void lose(String id) {
        Fake lost = find(id);
        standing.remove(id);
        lost.lost = true;
        lost.onLost.forEach(Runnable::run);
    }

    void revoke(String id, Duration grace) {
        find(id).onRevoked
                .forEach(told -> told.accept(new Revocation("Eve", "needed", Instant.EPOCH, grace.toMillis())));
    }

    void disconnect() {
        connected = false;
    }

    private Fake find(String id) {
        Fake found = standing.get(id);
        if (found == null) {
            throw new IllegalArgumentException(id);
        }
        return found;
    }

    private final class Fake implements TerritoryGrant {
        private final String id;
        private final TerritoryRequest request;
        private final List<Runnable> onLost = new ArrayList<>();
        private final List<Consumer<Revocation>> onRevoked = new ArrayList<>();
        private PathPatterns patterns;
        private boolean lost;

        Fake(String id, TerritoryRequest request) {
            this.id = id;
            this.request = request;
            this.patterns = request.patterns();
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public String title() {
            return request.title();
        }

        @Override
        public TerritoryType type() {
            return request.type();
        }

        @Override
        public PathPatterns patterns() {
            return patterns;
        }

        @Override
        public Optional<Secret> secret() {
            return Optional.empty();
        }

        @Override
        public boolean isValid() {
            return connected && standing.containsKey(id);
        }

        @Override
        public boolean isLocal() {
            return false;
        }

        @Override
        public void onLost(Executor executor, Runnable callback) {
            onLost.add(() -> executor.execute(callback));
        }

        @Override
        public void onRevoked(Executor executor, Consumer<Revocation> callback) {
            onRevoked.add(revocation -> executor.execute(() -> callback.accept(revocation)));
        }

        @Override
        public CompletionStage<AllocateResult> resize(PathPatterns wanted) {
            Optional<AllocateResult> conflict = conflict(id, wanted);
            if (conflict.isEmpty()) {
                patterns = wanted;
            }
            return CompletableFuture.completedFuture(conflict.orElse(new AllocateResult.Allocated(this)));
        }

        @Override
        public CompletionStage<AllocateResult> local(boolean on) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<AllocateResult> admit(List<AgentId> agents) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<AllocateResult> dismiss(List<AgentId> agents) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<AllocateResult> offer(@Nullable AgentId to) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean release() {
            standing.remove(id);
            return !lost;
        }

        @Override
        public CompletionStage<Boolean> releaseAsync() {
            return CompletableFuture.completedFuture(release());
        }

        @Override
        public void close() {
            release();
        }
    }
}

package io.bumba.chaos;

import io.bumba.lock.FileLocks;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockResult;
import io.bumba.path.PathPatterns;
import io.bumba.path.RepoPath;
import io.bumba.territory.TerritoryGrant;
import io.bumba.territory.TerritoryRequest;
import io.bumba.territory.TerritoryType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One race of two agents with separate connections, in a directory where nobody else is. No thread waits. */
final class Contest {
    private static final List<String> FORMS = List.of("/", "/*.js", "/**", "/f.js", "/[a-f]*", "/{f,g}.js");
    private static final int LONG_ONE_IN = 400;

    private final RaceKind kind;
    private final String directory;
    private final Side left;
    private final Side right;
    private final SplittableRandom random;
    private final Consumer<String> counted;
    private final AtomicInteger requests = new AtomicInteger();

    /** One of the two agents. */
    record Side(Claimant claimant, FileLocks locks) {}

    /** @param counted told each answer, in few words */
    Contest(RaceKind kind, int number, Side left, Side right, SplittableRandom random, Consumer<String> counted) {
        this.kind = kind;
        this.directory = directory(number);
        this.left = left;
        this.right = right;
        this.random = random;
        this.counted = counted;
    }

    static String directory(int number) {
        return "r" + number;
    }

    /** The files of a race. */
    static List<String> paths(int number) {
        String directory = directory(number);
        return List.of(directory + "/f.js", directory + "/g.js", directory + "/a/f.js", directory + "/a/g.js");
    }

    /** Completes when everybody has had an answer and given back what it got. */
    CompletableFuture<Void> run() {
        return switch (kind) {
            case ALLOCATE_LOCK -> both(() -> claim(left, drawn()), () -> lock(right));
            case ALLOCATE_ALLOCATE -> both(() -> claim(left, drawn()), () -> claim(right, drawn()));
            case RELEASE_ALLOCATE -> {
                TerritoryRequest second = drawn();
                yield had(left, drawn(), grant -> both(() -> release(grant), () -> claim(right, second)));
            }
            case ALLOCATE_AFTER_RELEASE -> {
                TerritoryRequest first = request("/");
                yield had(left, first, grant -> claim(right, request("/f.js"))
                        .thenCompose(refused -> release(grant))
                        .thenCompose(released -> claim(right, request("/*.js"))));
            }
            case RESIZE_LOCK -> {
                PathPatterns more = patterns("/a/", draw(2) == 0 ? "/f.js" : "/*.js");
                yield had(left, request("/a/"), grant -> both(() -> resize(grant, more), () -> lock(right))
                        .thenCompose(done -> release(grant)));
            }
            case RESIZE_ALLOCATE -> {
                PathPatterns more = patterns("/a/", draw(2) == 0 ? "/f.js" : "/*.js");
                TerritoryRequest other = request("/[f-g]*");
                yield had(left, request("/a/"), grant -> both(() -> resize(grant, more), () -> claim(right, other))
                        .thenCompose(done -> release(grant)));
            }
            case SHARED_UPGRADE -> upgrade();
        };
    }

    private CompletableFuture<Void> upgrade() {
        RepoPath path = file();
        TerritoryRequest shared = drawn().ofType(TerritoryType.SHARED);
        return right.locks()
                .acquireAsync(path, LockOptions.tryNow().shared())
                .thenCompose(read -> both(
                        () -> claim(left, shared), () -> lock(right, path, LockOptions.waitUpTo(Duration.ofSeconds(5)))
                                .thenCompose(done -> giveBack(read))));
    }

    private interface Act {
        CompletableFuture<Void> begin();
    }

    /** At once, or nearly: who is first is to vary. */
    private CompletableFuture<Void> both(Act one, Act other) {
        int first = moment();
        int second = moment();
        return CompletableFuture.allOf(
                after(first).thenCompose(now -> one.begin()), after(second).thenCompose(now -> other.begin()));
    }

    /** Both sides draw. */
    private int draw(int bound) {
        synchronized (random) {
            return random.nextInt(bound);
        }
    }

    /** Mostly short, sometimes as long as a change of the ledger takes. */
    private int moment() {
        return switch (draw(4)) {
            case 0 -> 0;
            case 1 -> draw(60);
            default -> draw(6);
        };
    }

    private interface With {
        CompletableFuture<Void> run(TerritoryGrant grant);
    }

    private CompletableFuture<Void> had(Side side, TerritoryRequest request, With with) {
        return side.claimant()
                .allocate(request.waitUpTo(Duration.ofSeconds(10)))
                .thenCompose(granted -> granted.isPresent()
                        ? with.run(granted.get())
                        : CompletableFuture.failedFuture(
                                new IllegalStateException("nobody else is there: " + request)));
    }

    private CompletableFuture<Void> claim(Side side, TerritoryRequest request) {
        int held = moment();
        return side.claimant().allocate(request).thenCompose(granted -> {
            counted.accept(kind + (granted.isPresent() ? " allocated" : " not allocated"));
            return granted.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : after(held).thenCompose(later -> release(granted.get()));
        });
    }

    private CompletableFuture<Void> resize(TerritoryGrant grant, PathPatterns more) {
        return left.claimant()
                .resize(grant, more)
                .thenAccept(granted -> counted.accept(kind + (granted.isPresent() ? " resized" : " not resized")));
    }

    private static CompletableFuture<Void> release(TerritoryGrant grant) {
        return grant.releaseAsync()
                .toCompletableFuture()
                .thenCompose(ours -> ours
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(new IllegalStateException("lost " + grant.id())));
    }

    private CompletableFuture<Void> lock(Side side) {
        return lock(side, file(), draw(2) == 0 ? LockOptions.tryNow() : LockOptions.waitUpTo(Duration.ofSeconds(3)));
    }

    private CompletableFuture<Void> lock(Side side, RepoPath path, LockOptions options) {
        int held = draw(LONG_ONE_IN) == 0 ? 2_600 : moment();
        return side.locks().acquireAsync(path, options).thenCompose(result -> {
            counted.accept(kind + " " + result.getClass().getSimpleName());
            return after(result.grant().isPresent() ? held : 0).thenCompose(later -> giveBack(result));
        });
    }

    private static CompletableFuture<Void> giveBack(LockResult result) {
        Optional<LockGrant> grant = result.grant();
        return grant.isPresent()
                ? grant.get().releaseAsync().toCompletableFuture().thenApply(released -> null)
                : CompletableFuture.completedFuture(null);
    }

    private RepoPath file() {
        return RepoPath.of(directory + "/f.js");
    }

    private TerritoryRequest drawn() {
        return request(FORMS.get(draw(FORMS.size()))).waitUpTo(draw(3) == 0 ? Duration.ofSeconds(4) : Duration.ZERO);
    }

    private TerritoryRequest request(String form) {
        return TerritoryRequest.of(directory + " " + requests.incrementAndGet(), patterns(form));
    }

    private PathPatterns patterns(String... forms) {
        List<String> patterns = new ArrayList<>();
        for (String form : forms) {
            patterns.add(directory + form);
        }
        return PathPatterns.of(patterns.toArray(String[]::new));
    }

    private static CompletableFuture<Void> after(int millis) {
        return millis == 0
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.runAsync(
                        () -> {}, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
    }
}

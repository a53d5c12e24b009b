package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.path.PathPatterns;
import io.bumba.territory.AllocateResult;
import io.bumba.territory.TerritoryRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GrantedTerritoryTest {
    private static final Duration TEN = Duration.ofSeconds(10);

    private final FakeAllocator allocator = new FakeAllocator();
    private final List<String> news = new java.util.concurrent.CopyOnWriteArrayList<>();
    private long now;

    @Test
    void whatIsFreeIsGivenAndGivenBack() throws InterruptedException {
        GrantedTerritory kept = keep();
        assertThat(kept.id()).isEqualTo("t-1");
        assertThat(kept.area()).isEqualTo("EXCLUSIVE: src/**");
        assertThat(kept.end()).isNotDone();
        assertThat(kept.release(news::add)).isEmpty();
        assertThat(allocator.standing()).isEmpty();
        assertThat(news).isEmpty();
    }

    @Test
    void whoWaitsIsToldForWhomAndWaitsForWhatIsLeftOfTheTime() throws InterruptedException {
        allocate("src/", Duration.ZERO);
        allocator.onWaiting = () -> allocator.waiting.get(0).complete(allocator.give(request("src/a", TEN)));
        assertThat(allocate("src/a", TEN)).isInstanceOf(AllocateResult.Allocated.class);
        assertThat(allocator.asked).containsExactly("[src/**] PT0S", "[src/a] PT0S", "[src/a] PT7S");
        assertThat(news)
                .singleElement()
                .asString()
                .startsWith("src/** (meets src/a): Tester-Other-1-00000000 has territory t-1")
                .endsWith("; waiting");
    }

    @Test
    void aWaitThatIsOverBeforeItBeginsIsAWaitInVain() throws InterruptedException {
        allocate("src/", Duration.ZERO);
        assertThat(allocate("src/a", Duration.ofSeconds(3)).message()).startsWith("gave up waiting: src/**");
        assertThat(allocator.waiting).isEmpty();
    }

    @Test
    void whoDoesNotWaitIsRefusedAtOnce() throws InterruptedException {
        allocate("src/", Duration.ZERO);
        assertThat(allocate("src/a", Duration.ZERO)).isInstanceOf(AllocateResult.Conflicting.class);
        assertThat(allocator.waiting).isEmpty();
        assertThat(news).isEmpty();
    }

    @Test
    void aLossEndsItAndIsToldAgainAtTheRelease() throws InterruptedException {
        GrantedTerritory kept = keep();
        allocator.lose("t-1");
        await().until(() -> kept.end().isDone());
        assertThat(kept.end()).isCompletedWithValue("territory t-1 is lost (taken)");
        assertThat(kept.release(news::add)).contains("territory t-1 is lost (taken)");
    }

    @Test
    void aRevocationIsToldAtOnceAndEndsItInTimeToFinish() throws InterruptedException {
        GrantedTerritory kept = keep();
        allocator.revoke("t-1", Duration.ofSeconds(3));
        await().until(() -> kept.end().isDone());
        assertThat(kept.end()).isCompletedWithValue("territory t-1 was revoked by Eve (needed)");
        assertThat(news)
                .containsExactly("territory t-1 is being revoked by Eve (needed); it ends in 3 s: finish what must be"
                        + " finished");
        assertThat(allocator.standing())
                .as("what works inside has the grace to end in")
                .containsExactly("t-1");
        assertThat(kept.release(news::add)).contains("territory t-1 was revoked by Eve (needed)");
    }

    @Test
    void whoFinishesWithinTheGraceHasLostNothing() throws InterruptedException {
        GrantedTerritory kept = keep();
        allocator.revoke("t-1", Duration.ofMinutes(5));
        await().until(() -> news.size() == 1);
        assertThat(kept.end()).isNotDone();
        assertThat(kept.release(news::add)).isEmpty();
    }

    private GrantedTerritory keep() throws InterruptedException {
        return new GrantedTerritory(
                        "Tester-Me-1-00000000", allocate("src/", Duration.ZERO).orElseThrow(), id -> " (taken)")
                .watch(news::add);
    }

    /** Each look at the clock finds three seconds gone. */
    private AllocateResult allocate(String pattern, Duration wait) throws InterruptedException {
        return GrantedTerritory.allocate(
                allocator,
                request(pattern, wait),
                () -> now += Duration.ofSeconds(3).toNanos(),
                news::add);
    }

    private static TerritoryRequest request(String pattern, Duration wait) {
        return TerritoryRequest.of("work", PathPatterns.of(pattern)).waitUpTo(wait);
    }
}

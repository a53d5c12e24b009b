package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bumba.path.PathPatterns;
import io.bumba.territory.TerritoryRefusedException;
import io.bumba.territory.TerritoryRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

final class SessionTerritoriesTest {
    private final FakeAllocator allocator = new FakeAllocator();
    private final List<String> news = new CopyOnWriteArrayList<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final SessionTerritories territories = new SessionTerritories(
            allocator, InstantSource.system(), Runnable::run, id -> " (taken)", news::add, told::add);

    @Test
    void whatIsClaimedIsOwnedUntilItIsReleased() {
        claim("src/");
        claim("docs/");
        assertThat(territories.owned()).extracting(item -> item.grant().id()).containsExactly("t-1", "t-2");
        assertThat(territories.release("t-1")).isCompleted();
        assertThat(allocator.standing()).containsExactly("t-2");
        assertCode(territories.release("t-1"), ExitCode.NOT_HELD);
        assertThat(told).isEmpty();
    }

    @Test
    void aRefusalKeepsItsReasonAndOwnsNothing() {
        claim("src/");
        assertThatThrownBy(() -> territories.claim(request("src/a")).join())
                .hasCauseInstanceOf(TerritoryRefusedException.class)
                .hasMessageContaining("src/** (meets src/a)");
        assertThat(territories.owned()).hasSize(1);
    }

    @Test
    void aLossIsToldOnceAndRefusedUntilItIsReleased() {
        claim("src/");
        claim("docs/");
        allocator.lose("t-1");
        assertThat(told).containsExactly("territory t-1 is lost (taken)");
        assertThat(territories.losses()).hasSize(1);
        assertThatThrownBy(territories::owned)
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.LOST))
                .hasMessageContaining("bumba release t-1");
        assertCode(territories.release("t-1"), ExitCode.LOST);
        assertThat(territories.losses()).isEmpty();
        assertThat(territories.owned()).hasSize(1);
    }

    @Test
    void whileNobodyKnowsWhetherItIsOwnedItIsNotSaidToBe() {
        claim("src/");
        allocator.disconnect();
        assertThatThrownBy(territories::owned).isInstanceOfSatisfying(CliException.class, e -> assertThat(e.code())
                .isEqualTo(ExitCode.UNREACHABLE));
    }

    @Test
    void aRevocationIsToldAtOnceAndIsALossWhenItsGraceIsOver() {
        claim("src/");
        allocator.revoke("t-1", Duration.ofMillis(50));
        assertThat(news)
                .singleElement()
                .asString()
                .contains("being revoked by Eve (needed)", "50 ms", "bumba release t-1");
        await().until(() -> told.size() == 1);
        assertThat(told).containsExactly("territory t-1 was revoked by Eve (needed)");
        assertCode(territories.release("t-1"), ExitCode.LOST);
    }

    @Test
    void whoReleasesWithinTheGraceHasLostNothing() {
        claim("src/");
        allocator.revoke("t-1", Duration.ofMinutes(1));
        assertThat(territories.release("t-1")).isCompleted();
        assertThat(territories.losses()).isEmpty();
    }

    @Test
    void whoAttendsIsToldOfALossAndOfTheTimeToLeave() {
        claim("src/");
        claim("docs/");
        CompletableFuture<Void> lost = territories.attend("t-1");
        CompletableFuture<Void> revoked = territories.attend("t-2");
        allocator.lose("t-1");
        assertCode(lost, ExitCode.LOST);
        assertThat(revoked).isNotDone();
        allocator.revoke("t-2", Duration.ofSeconds(5));
        await().until(revoked::isDone);
        assertCode(revoked, ExitCode.LOST);
        assertThat(told).as("there is time to leave").hasSize(1);
        assertCode(territories.attend("t-3"), ExitCode.NOT_HELD);
    }

    @Test
    void aReleaseEndsTheAttentionInPeace() {
        claim("src/");
        CompletableFuture<Void> attention = territories.attend("t-1");
        assertThat(territories.release("t-1")).isCompleted();
        assertThat(attention).isCompleted();
    }

    @Test
    void whenWhoAttendsIsGoneTheTerritoryIsGivenBack() {
        claim("src/");
        assertThat(territories.attend("t-1").cancel(false)).isTrue();
        assertThat(allocator.standing()).isEmpty();
        assertThat(territories.owned()).isEmpty();
    }

    @Test
    void cancellingAClaimThatWaitsLeavesNothing() {
        claim("src/");
        CompletableFuture<SessionTerritories.Item> waiting =
                territories.claim(request("src/a").waitUpTo(Duration.ofMinutes(1)));
        assertThat(waiting.cancel(false)).isTrue();
        assertThat(allocator.waiting.get(0)).isCancelled();
    }

    @Test
    void aResizeIsWholeOrNot() {
        claim("src/");
        claim("docs/");
        PathPatterns more = PathPatterns.of("src/", "test/");
        assertThat(territories.resize("t-1", now -> more).join().patterns()).isEqualTo(more);
        assertThatThrownBy(() -> territories
                        .resize("t-1", now -> PathPatterns.of("docs/a"))
                        .join())
                .hasCauseInstanceOf(TerritoryRefusedException.class);
        assertThat(territories.owned().get(0).grant().patterns()).isEqualTo(more);
        assertCode(territories.resize("t-9", now -> more), ExitCode.NOT_HELD);
    }

    @Test
    void whatIsAddedAndRemovedIsToldByThePatternsThatItHas() {
        PathPatterns now = PathPatterns.of("src/", "docs/");
        assertThat(ResizeCommand.changed(now, PathPatterns.of("test/"), PathPatterns.of("docs/")))
                .isEqualTo(PathPatterns.of("src/", "test/"));
        assertThatThrownBy(() -> ResizeCommand.changed(now, PathPatterns.of(), PathPatterns.of("src/a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("src/a is none of its patterns, which are docs/** src/**");
    }

    private void claim(String pattern) {
        assertThat(territories.claim(request(pattern))).isCompleted();
    }

    private static TerritoryRequest request(String pattern) {
        return TerritoryRequest.of("work", PathPatterns.of(pattern));
    }

    private static void assertCode(CompletableFuture<?> refused, ExitCode code) {
        assertThatThrownBy(refused::join).cause().isInstanceOfSatisfying(CliException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}

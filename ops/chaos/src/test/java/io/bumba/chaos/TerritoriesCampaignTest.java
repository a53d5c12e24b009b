package io.bumba.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.testkit.ZkEnsemble;
import io.bumba.testkit.ZkProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short form of {@code ops/bin/chaos territories}, and its negative controls. */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TerritoriesCampaignTest {
    /** What threads and servers do with it differs from run to run; other seeds are for {@code ops/bin/chaos}. */
    private static final long SEED = 20_261_124L;

    private static final int RACES = 10_000;

    /** Where a mutant may hide behind an unlucky interleaving; one seed nearly always suffices. */
    private static final int SEEDS = 4;

    private ZkProcess server;
    private Path data;
    private int campaigns;

    @BeforeAll
    void startServer(@TempDir Path directory) {
        data = directory;
        server = ZkProcess.start(made("server"));
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void aThousandAgentsAskAtOnceAndNobodyIsGrantedHalfOrBesideAnotherOrRefusedForNothing() {
        long seed = SEED;
        Path directory = made("crowd");
        try (ZkEnsemble ensemble = ZkEnsemble.start(directory)) {
            TerritoryVerdict verdict = new TerritoryCampaign(
                            ensemble.connectString(), Campaign.logs(directory), "/crowd", directory, null, line -> {})
                    .run(TerritoryPlan.usual(seed));
            System.out.println("crowd of seed " + seed + "\n" + verdict.summary());
            assertThat(verdict.isClean())
                    .as("%s\nthe same again: ops/bin/chaos territories --races 0 --seed %d", verdict.shown(), seed)
                    .isTrue();
            assertThat(verdict.answers().get("Allocated")).as("allocated").isGreaterThan(50);
            assertThat(verdict.answers().get("Conflicting")).as("refused").isGreaterThan(50);
            assertThat(verdict.answers().get("(none)"))
                    .as("killed while they asked")
                    .isPositive();
            assertThat(verdict.contenders()).as("locks").isGreaterThan(20);
        }
    }

    @Test
    void aTerritoryAndALockAreNeverBothGrantedInTenThousandRaces() {
        long seed = SEED;
        TerritoryVerdict verdict = run(RacePlan.usual(seed, RACES), null);
        System.out.println("races of seed " + seed + "\n" + verdict.summary());
        assertThat(verdict.isClean())
                .as("%s\nthe same again: ops/bin/chaos territories --agents 0 --seed %d", verdict.shown(), seed)
                .isTrue();
        assertThat(verdict.counts())
                .as("either side wins some races")
                .containsKeys(
                        "ALLOCATE_LOCK Granted",
                        "ALLOCATE_LOCK TerritoryForbids",
                        "ALLOCATE_LOCK allocated",
                        "ALLOCATE_ALLOCATE not allocated",
                        "RESIZE_LOCK Granted",
                        "RESIZE_LOCK TerritoryForbids",
                        "RESIZE_ALLOCATE not resized",
                        "SHARED_UPGRADE Granted",
                        "SHARED_UPGRADE TerritoryForbids");
    }

    @ParameterizedTest
    @EnumSource
    void aMutantIsFound(TerritoryMutants mutant) {
        Path classes = mutant.compile(Sources.find(), data.resolve("mutant-" + mutant));
        List<String> seen = new ArrayList<>();
        boolean found = LongStream.rangeClosed(1, SEEDS).anyMatch(seed -> {
            TerritoryVerdict verdict = run(mutant.plan(seed), classes);
            seen.add("seed " + seed + ": " + verdict.summary() + "\n" + verdict.shown());
            return verdict.rules().stream().anyMatch(mutant.rules()::contains);
        });
        assertThat(found)
                .as("one of %s of %s in %s", mutant.rules(), mutant, String.join("\n", seen))
                .isTrue();
        String last = seen.get(seen.size() - 1);
        System.out.println(mutant + " is found with seed " + seen.size() + ": "
                + last.lines()
                        .filter(line -> mutant.rules().stream().anyMatch(rule -> line.startsWith(rule + ": ")))
                        .findFirst()
                        .orElse(""));
    }

    private TerritoryVerdict run(RacePlan plan, @Nullable Path classes) {
        String name = "races-" + ++campaigns;
        return new TerritoryCampaign(
                        server.connectString(),
                        List.of(data.resolve("server").resolve("data")),
                        "/" + name,
                        made(name),
                        classes,
                        line -> {})
                .run(plan);
    }

    private Path made(String name) {
        try {
            return Files.createDirectories(data.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("no directory", e);
        }
    }
}

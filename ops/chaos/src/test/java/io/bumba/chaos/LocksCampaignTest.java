package io.bumba.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.testkit.ZkEnsemble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

/** The short form of {@code ops/bin/chaos locks}, and its negative controls. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LocksCampaignTest {
    /** Where a mutant may hide behind an unlucky interleaving; one seed nearly always suffices. */
    private static final int SEEDS = 5;

    private ZkEnsemble ensemble;
    private Path data;
    private int campaigns;

    @BeforeAll
    void startServers(@TempDir Path directory) {
        data = directory;
        ensemble = ZkEnsemble.start(directory);
    }

    @AfterAll
    void stopServers() {
        ensemble.close();
    }

    @Test
    void nothingIsFoundUnderAllKindsOfFaults() throws IOException {
        for (long seed : List.of(20_261_124L, 1_865_764_109L)) {
            Plan usual = Plan.usual(seed, Duration.ofSeconds(6));
            Plan plan = usual.with(usual.kinds(), Duration.ofMillis(800)).withWorkers(1, 2);
            List<String> log = new ArrayList<>();
            Verdict verdict = run(plan, null, log);
            System.out.println("seed " + seed + "\n" + verdict.summary());
            assertThat(verdict.isClean())
                    .as(
                            "%s\n%s\nthe same schedule again: %s",
                            String.join("\n", log), verdict.shown(), LocksCommand.again(plan, false))
                    .isTrue();
            assertThat(verdict.holds()).as("grants").isGreaterThan(20);
            assertThat(verdict.steps()).as("waiters judged").isGreaterThan(5);
            assertThat(verdict.counted()).as("counted").isPositive();
            assertThat(verdict.struck()).as("faults").isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMutantIsFound(Mutants mutant) throws IOException {
        Path classes = mutant.compile(Sources.find(), data.resolve("mutant-" + mutant));
        List<String> seen = new ArrayList<>();
        boolean found = LongStream.rangeClosed(1, SEEDS).anyMatch(seed -> {
            Verdict verdict = run(mutant.plan(seed), classes, seen);
            seen.add("seed " + seed + ": " + verdict.summary() + "\n" + verdict.shown());
            return verdict.rules().stream().anyMatch(mutant.rules()::contains);
        });
        assertThat(found)
                .as("one of %s of %s in %s", mutant.rules(), mutant, String.join("\n", seen))
                .isTrue();
        System.out.println(mutant + " with "
                + seen.get(seen.size() - 1).lines().findFirst().orElse("") + ": "
                + seen.get(seen.size() - 1).lines().skip(4).findFirst().orElse(""));
    }

    private Verdict run(Plan plan, @Nullable Path classes, List<String> log) {
        String name = "campaign-" + ++campaigns;
        try {
            Path directory = Files.createDirectories(data.resolve(name));
            return new Campaign(plan, ensemble, Campaign.logs(data), "/" + name, directory, classes, log::add).run();
        } catch (IOException e) {
            throw new UncheckedIOException("no directory", e);
        }
    }
}

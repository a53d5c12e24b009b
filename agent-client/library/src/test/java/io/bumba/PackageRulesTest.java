package io.bumba;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PackageRulesTest {
    private static final String ROOT = "io.bumba";
    private static final String BREAKERS = "io.bumba.rulebreakers";

    private static final JavaClasses LIBRARY = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);
    private static final JavaClasses BROKEN = new ClassFileImporter().importPackages(BREAKERS);

    static Stream<Arguments> rules() {
        return new PackageRules(ROOT)
                .all(packages(LIBRARY, ROOT)).entrySet().stream()
                        .map(rule -> Arguments.of(rule.getKey(), rule.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void theLibraryKeepsEveryRule(String name, ArchRule rule) {
        rule.as(name).check(LIBRARY);
    }

    @Test
    void everyPackageHasItsRules() {
        assertThat(packages(LIBRARY, ROOT))
                .contains("path", "event", "file", "zk", "agent", "lock", "territory", "orchestrate")
                .isSubsetOf(PackageRules.MAY_USE.keySet());
    }

    @Test
    void noPackageMayUseOneThatMayUseIt() {
        PackageRules.MAY_USE.forEach((user, used) -> assertThat(used)
                .allSatisfy(p -> assertThat(PackageRules.MAY_USE.get(p)).doesNotContain(user)));
    }

    /** Rule, a class below the breakers that breaks it on purpose, and what the report names besides. */
    @ParameterizedTest
    @CsvSource({
        "path uses only what is below it, path.UsesLock, lock.Lock",
        "event uses only what is below it, event.UsesAgent, agent.Agent",
        "file uses only what is below it, file.UsesZk, zk.Zk",
        "zk uses only what is below it, zk.UsesTheEntry, Entry",
        "agent uses only what is below it, agent.UsesLock, lock.Lock",
        "lock uses only what is below it, lock.UsesTerritory, territory.Territory",
        "territory uses only what is below it, territory.UsesFile, file.UsesZk",
        "orchestrate uses only what is below it, orchestrate.UsesTheEntry, Entry",
        "the entry uses nothing above it, UsesOrchestrate, orchestrate.Orchestrate",
        "no cycles, lock.UsesTerritory, territory.Territory",
        "path is pure, path.DoesInputAndOutput, java.nio.file.Files",
        "file has few dependencies, file.Logs, org.slf4j.Logger",
        "only zk knows ZooKeeper, agent.UsesZooKeeper, org.apache.zookeeper.ZooKeeper",
        "only zk and the lock recipe know Curator, agent.UsesCurator, org.apache.curator.framework.CuratorFramework",
        "lock knows only Curator's lock recipe, lock.UsesLatch, org.apache.curator.framework.recipes.leader.LeaderLatch",
        "the entry takes a CuratorFramework and no more, Entry, org.apache.curator.RetryPolicy",
        "no standard streams, agent.Prints, java.lang.System.out",
        "no java.util.logging, agent.LogsByTheJdk, java.util.logging.Logger",
        "the library has few dependencies, agent.UsesMetrics, com.codahale.metrics.MetricRegistry",
    })
    void aClassThatBreaksARuleIsReported(String name, String culprit, String victim) {
        ArchRule rule = brokenRules().get(name);
        assertThat(rule).as(name).isNotNull();
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> rule.as(name).check(BROKEN))
                .withMessageContaining(BREAKERS + "." + culprit)
                .withMessageContaining(victim);
    }

    @Test
    void everyRuleHasAClassThatBreaksIt() throws NoSuchMethodException {
        CsvSource broken = PackageRulesTest.class
                .getDeclaredMethod("aClassThatBreaksARuleIsReported", String.class, String.class, String.class)
                .getAnnotation(CsvSource.class);
        assertThat(broken).isNotNull();
        assertThat(Arrays.stream(broken.value()).map(row -> row.substring(0, row.indexOf(','))))
                .containsExactlyInAnyOrderElementsOf(brokenRules().keySet());
    }

    private static Map<String, ArchRule> brokenRules() {
        return new PackageRules(BREAKERS).all(PackageRules.MAY_USE.keySet());
    }

    private static Set<String> packages(JavaClasses classes, String root) {
        return classes.stream()
                .map(c -> c.getPackageName())
                .filter(p -> p.startsWith(root + "."))
                .map(p -> p.substring(root.length() + 1).replaceAll("\\..*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}

package io.bumba.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bumba.path.CasePolicy;
import io.bumba.path.PathPatterns;
import io.bumba.territory.Policy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyFileTest {
    private static final PolicyFile FILE = new PolicyFile(Path.of("policy.yml"), CasePolicy.SENSITIVE);

    private static Policy parse(String... lines) throws PolicyFile.Refused {
        return FILE.parse(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theSampleGivesTheDefaults() throws Exception {
        PolicyFile sample = new PolicyFile(Path.of("../config/policy.yml"), CasePolicy.SENSITIVE);
        assertThat(sample.parse(sample.read()))
                .isEqualTo(new Policy(
                        false,
                        PathPatterns.MAX_PATTERNS,
                        Policy.TERRITORIES_PER_AGENT,
                        Policy.CLAIMS_PER_AGENT,
                        Policy.TERRITORIES,
                        List.of()));
        assertThat(parse("{}")).isEqualTo(Policy.DEFAULT);
    }

    @Test
    void theAreasOfTheSampleAreValidWhenTheyAreWritten() throws Exception {
        String text = Files.readString(Path.of("../config/policy.yml"))
                .replace("areas: []", "areas:")
                .replace("\n#  ", "\n  ");
        Policy policy = parse(text);
        assertThat(policy.areas()).extracting(Policy.Area::name).containsExactly("database", "contracts");
        assertThat(policy.areas()).first().satisfies(area -> {
            assertThat(area.patterns()).isEqualTo(PathPatterns.of("db/migrations/", "**/*.sql"));
            assertThat(area.capabilities()).isEqualTo(Set.of("sql"));
            assertThat(area.departments()).isEqualTo(Set.of("technical"));
        });
    }

    @Test
    void patternsAreReadInTheCasePolicyOfTheWorkspace() throws Exception {
        Policy policy = new PolicyFile(Path.of("policy.yml"), CasePolicy.FOLDED)
                .parse("areas: [{name: a, patterns: [SRC/]}]".getBytes(StandardCharsets.UTF_8));
        assertThat(policy.areas()).singleElement().satisfies(area -> assertThat(area.patterns())
                .isEqualTo(PathPatterns.of("src/")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "maxPatterns: 0                | maxPatterns 0",
                "maxPatterns: 1001             | maxPatterns 1001",
                "maxPatterns: ten              | maxPatterns",
                "maxPatterns: 1.5              | maxPatterns",
                "maxPatterns: '10'             | maxPatterns",
                "maxTerritories: 10001         | maxTerritories 10001",
                "maxTerritoriesPerAgent: -1    | maxTerritoriesPerAgent -1",
                "maxClaimsPerAgent: 999999999999 | maxClaimsPerAgent",
                "allowOverBroad: maybe         | allowOverBroad",
                "allowOverbroad: true          | there is no key 'allowOverbroad'; the keys here are [allowOverBroad",
                "areas: all                    | areas",
                "areas: [~]                    | without a value",
                "areas: [{patterns: [a]}]      | without a name",
                "areas: [{name: '', patterns: [a]}] | without a name",
                "areas: [{name: a}]            | no patterns",
                "areas: [{name: a, patterns: []}] | no patterns",
                "areas: [{name: a, patterns: ['../b']}] | ../b",
                "areas: [{name: a, patterns: ['[z-a]']}] | [z-a]",
                "areas: [{name: a, patterns: [b], departmens: [c]}] | there is no key 'departmens'",
                "areas: [{name: a, patterns: [b], capabilities: [~]}] | without a value",
                "areas: [{name: a, patterns: [b]}, {name: a, patterns: [c]}] | two areas are named 'a'",
                "maxPatterns: 1, maxPatterns: 2 | policy.yml",
                "[a                            | policy.yml",
                "- a                           | policy.yml",
                "maxPatterns: 5 --- maxPatterns: 6 | policy.yml",
            })
    void aFileThatBreaksARuleIsRefusedByItsName(String yaml, String why) {
        assertThatThrownBy(() -> parse(yaml.strip()))
                .isInstanceOf(PolicyFile.Refused.class)
                .hasMessageContaining("policy file policy.yml")
                .hasMessageContaining(why)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void theLineIsNamedWhereItIsKnown() {
        assertThatThrownBy(
                        () -> parse("maxPatterns: 5", "areas:", "  - name: a", "    patterns: [b]", "    paterns: [c]"))
                .hasMessageContaining("policy.yml, line 5: there is no key 'paterns'");
        assertThatThrownBy(() -> parse("maxPatterns: 5", "maxPatterns: 6")).hasMessageContaining("line 2");
        assertThatThrownBy(() -> parse("maxPatterns: 5", "---", "maxPatterns: 6"))
                .isInstanceOf(PolicyFile.Refused.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# maxPatterns: 5\n", "~", "---\n"})
    void anEmptyFileMayBeOneThatIsBeingWrittenAndIsNoPolicy(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(PolicyFile.Refused.class)
                .hasMessageContaining("empty");
    }

    @Test
    void whatIsNoTextOrTooLargeForAZnodeOrNotThereIsRefused(@TempDir Path dir) throws Exception {
        assertThatThrownBy(() -> FILE.parse(new byte[] {(byte) 0xff})).hasMessageContaining("UTF-8");
        String patterns = String.join(
                ", ",
                IntStream.range(0, 1_000)
                        .mapToObj(i -> "'" + "d".repeat(200) + i + "'")
                        .toList());
        assertThatThrownBy(() -> parse(IntStream.range(0, 3)
                        .mapToObj(i -> "  - {name: a" + i + ", patterns: [" + patterns + "]}")
                        .collect(java.util.stream.Collectors.joining("\n", "areas:\n", "\n"))))
                .hasMessageContaining("MAX_BYTES");
        PolicyFile none = new PolicyFile(dir.resolve("none.yml"), CasePolicy.SENSITIVE);
        assertThatThrownBy(none::read).hasMessageContaining("none.yml: it is not there");
        assertThatThrownBy(() -> new PolicyFile(dir, CasePolicy.SENSITIVE).read())
                .hasMessageContaining("not there");
        Path large = Files.write(dir.resolve("large.yml"), new byte[PolicyFile.MAX_BYTES + 1]);
        assertThatThrownBy(() -> new PolicyFile(large, CasePolicy.SENSITIVE).read())
                .hasMessageContaining("MAX_BYTES");
    }
}

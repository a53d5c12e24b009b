package io.bumba.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bumba.BumbaException;
import io.bumba.path.CasePolicy;
import io.bumba.territory.Policy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Round by round, over a policy in force that is a field. */
class PolicyKeeperTest {
    private final List<Policy> written = new ArrayList<>();
    private boolean leads = true;
    private boolean unreadable;
    private Policy inForce = Policy.DEFAULT;
    private Path file;

    @BeforeEach
    void directory(@TempDir Path dir) {
        file = dir.resolve("policy.yml");
    }

    private PolicyKeeper keeper() {
        return new PolicyKeeper(
                new PolicyFile(file, CasePolicy.SENSITIVE),
                new PolicyKeeper.InForce(
                        () -> leads,
                        () -> {
                            if (unreadable) {
                                throw new BumbaException(BumbaException.Code.UNSUPPORTED, "use the other version");
                            }
                            return inForce;
                        },
                        policy -> {
                            written.add(policy);
                            inForce = policy;
                        }));
    }

    private void write(String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Policy patterns(int most) {
        return new Policy(null, most, null, null, null, null);
    }

    @Test
    void theLeaderWritesWhatTheFileSaysOnceAndAgainWhenSomebodyElseChangedIt() {
        write("maxPatterns: 5\n");
        PolicyKeeper keeper = keeper();
        keeper.round();
        keeper.round();
        assertThat(written).containsExactly(patterns(5));
        inForce = Policy.DEFAULT;
        keeper.round();
        assertThat(inForce).isEqualTo(patterns(5));
        assertThat(keeper.health().isHealthy()).isTrue();
    }

    @Test
    void whatIsInForceAlreadyIsNotWritten() {
        inForce = patterns(5);
        write("maxPatterns: 5\n");
        keeper().round();
        assertThat(written).isEmpty();
    }

    @Test
    void whoDoesNotLeadWritesNothingUntilItLeads() {
        leads = false;
        write("maxPatterns: 5\n");
        PolicyKeeper keeper = keeper();
        keeper.round();
        assertThat(written).isEmpty();
        leads = true;
        keeper.round();
        assertThat(written).containsExactly(patterns(5));
    }

    @Test
    void aFileThatChangesBetweenTwoLooksIsLeftAloneUntilItRests() {
        write("maxPatterns: 5\n");
        PolicyKeeper keeper = keeper();
        keeper.round();
        write("maxPatterns: 6\n");
        keeper.round();
        write("maxPatterns: 67\n");
        keeper.round();
        assertThat(written).containsExactly(patterns(5));
        keeper.round();
        assertThat(written).containsExactly(patterns(5), patterns(67));
    }

    @Test
    void aBadFileChangesNothingAndIsNamedUntilItIsCorrected() {
        write("maxPatterns: 5\n");
        PolicyKeeper keeper = keeper();
        keeper.round();
        write("maxPatterns: 6\nmaxTerritories: 0\n");
        keeper.round();
        keeper.round();
        keeper.round();
        assertThat(written).containsExactly(patterns(5));
        assertThat(keeper.health().isHealthy()).isFalse();
        assertThat(keeper.health().getMessage())
                .contains(file.toString(), "maxTerritories 0", "the policy before it stays in force");
        write("maxPatterns: 5\n");
        keeper.round();
        keeper.round();
        assertThat(keeper.health().isHealthy()).isTrue();
        assertThat(written).containsExactly(patterns(5));
    }

    @Test
    void aFileThatIsGoneChangesNothingAndIsNamed() throws IOException {
        write("maxPatterns: 5\n");
        PolicyKeeper keeper = keeper();
        keeper.round();
        Files.delete(file);
        keeper.round();
        keeper.round();
        assertThat(inForce).isEqualTo(patterns(5));
        assertThat(keeper.health().getMessage()).contains("it is not there");
    }

    @Test
    void aBadFileAtTheStartKeepsTheCoordinatorFromStarting() {
        write("maxPatterns: 0\n");
        assertThatThrownBy(this::keeper)
                .isInstanceOfSatisfying(StartFailure.class, failure -> assertThat(failure.reason())
                        .isEqualTo(StartFailure.Reason.BAD_CONFIGURATION))
                .hasMessageContaining("maxPatterns 0");
    }

    @Test
    void aPolicyOfAnotherVersionIsNotOverwrittenAndTheHealthCheckSaysSo() {
        write("maxPatterns: 5\n");
        PolicyKeeper keeper = keeper();
        unreadable = true;
        assertThatThrownBy(keeper::round).isInstanceOf(BumbaException.class);
        assertThat(written).isEmpty();
        assertThat(keeper.health().isHealthy()).isFalse();
        assertThat(keeper.health().getMessage()).contains("use the other version");
        unreadable = false;
        keeper.round();
        assertThat(keeper.health().isHealthy()).isTrue();
    }
}

package io.bumba.territory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RevocationsTest extends TerritoryFixture {
    private final Bumba owner = connect();
    private final Bumba operator = connect();

    private TerritoryGrant allocated(String... patterns) throws InterruptedException {
        return owner.territories(agent(owner, "Ada")).allocate(claim(patterns)).orElseThrow();
    }

    @Test
    void whatIsRevokedIsOnRecordBeforeItsOwnerHasFinished() throws Exception {
        TerritoryGrant grant = allocated("src/", "docs/");
        RevokeResult told = operator.warden().revoke(grant.id(), "Eve", "a release", Duration.ofHours(1));
        assertThat(told).isInstanceOf(RevokeResult.Told.class);
        assertThat(territories()).containsExactly(grant.id());
        assertThat(operator.revocations().latest(10)).singleElement().satisfies(record -> {
            assertThat(record.territory()).isEqualTo(grant.id());
            assertThat(record.title()).isEqualTo(grant.title());
            assertThat(record.type()).isEqualTo(TerritoryType.EXCLUSIVE);
            assertThat(record.patterns()).isEqualTo(2);
            assertThat(record.by()).isEqualTo("Eve");
            assertThat(record.reason()).isEqualTo("a release");
            assertThat(record.graceMillis()).isEqualTo(3_600_000);
        });
    }

    @Test
    void withoutARecordNothingIsRevoked() throws Exception {
        TerritoryGrant grant = allocated("src/");
        server.client().delete(root + "/workspaces/default/revocations", -1);
        assertThatThrownBy(() -> operator.warden().revoke(grant.id(), "Eve", "a release", Duration.ZERO))
                .isInstanceOf(BumbaException.class)
                .hasMessageContaining("nothing was changed");
        assertThat(operator.territoryTable().find(grant.id()).orElseThrow().revocation())
                .isEmpty();
        assertThat(grant.isValid()).isTrue();
    }

    @Test
    void aRevocationAtOnceEndsItAndWhatIsNotThereLeavesNoRecord() throws Exception {
        TerritoryGrant grant = allocated("src/");
        assertThat(operator.warden().revoke(grant.id(), "Eve", "a release", Duration.ZERO))
                .isInstanceOf(RevokeResult.Ended.class);
        assertThat(territories()).isEmpty();
        await().atMost(SOON).until(() -> !grant.isValid());
        for (String id : new String[] {grant.id(), "../agents", "", "no such\n"}) {
            assertThat(operator.warden().revoke(id, "Eve", "again", Duration.ZERO))
                    .isInstanceOf(RevokeResult.NotFound.class);
        }
        assertThat(operator.revocations().latest(10))
                .extracting(RevocationRecord::reason)
                .containsExactly("a release");
    }

    @Test
    void ofTheRecordsTheLatestAreKept() throws Exception {
        for (int i = 1; i <= 5; i++) {
            operator.warden().revoke(allocated("file" + i).id(), "Eve", "reason " + i, Duration.ZERO);
        }
        Revocations revocations = operator.revocations();
        assertThat(revocations.latest(2)).extracting(RevocationRecord::reason).containsExactly("reason 5", "reason 4");
        assertThat(revocations.prune(5)).isZero();
        assertThat(revocations.prune(2)).isEqualTo(3);
        assertThat(revocations.latest(10)).extracting(RevocationRecord::reason).containsExactly("reason 5", "reason 4");
    }
}

package io.bumba.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ViewTest extends WithCoordinator {
    @Test
    void aHeldFileIsSeenInEveryView() {
        try (Running holder = holding("src/view.c", "--reason", "looking", "--type", "Engineer", "--name", "Vera")) {
            await().atMost(Duration.ofSeconds(10)).until(() -> text("locks").contains("src/view.c"));
            assertThat(text("locks")).contains("held", "Engineer-Vera-", "EXCLUSIVE", "looking");
            assertThat(text("agents")).contains("Engineer-Vera-", "technical");
            assertThat(text("agents", "--department", "design")).doesNotContain("Vera");
            assertThat(text("status")).contains("AGENTS", "technical", "FILE LOCKS", "src/view.c", "HEALTH");
            JsonNode status = Machine.json(text("status", "--json"));
            assertThat(status.path("locks").path("active").asInt()).isPositive();
            assertThat(status.path("asOf").path("zxid").asText()).startsWith("0x");
            assertThat(Machine.json(text("agents", "--json")).path("agents").size())
                    .isPositive();
            holder.endOfInput().exitCode();
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> !text("locks").contains("src/view.c"));
    }

    @Test
    void everyViewAnswersForItsWorkspaceAndForNoOther() {
        for (String view : List.of("status", "agents", "locks")) {
            assertThat(text(view, "--workspace", "default")).isNotEmpty();
            try (Running refused = machine().run(view, "--workspace", "other")) {
                assertThat(refused.exitCode()).as(refused.said()).isEqualTo(2);
                assertThat(refused.err()).contains("'default'", "'other'").hasLineCount(1);
            }
        }
    }

    @Test
    void watchShowsItAgainAndAgain() {
        try (Running watch = machine().start("status", "--watch")) {
            await().atMost(Duration.ofSeconds(20)).until(() -> watch.out().split("FILE LOCKS", -1).length > 2);
            watch.signal("INT");
            assertThat(watch.exitCode()).isEqualTo(130);
        }
    }

    @Test
    void theDoctorFindsNothingWrong() {
        try (Running doctor = machine().run("doctor")) {
            assertThat(doctor.exitCode()).as(doctor.said()).isZero();
            assertThat(doctor.out()).contains("zookeeper", "session", "tree", "fleet key");
        }
    }

    @Test
    void theDoctorSaysWhatToDoWhereNothingIsSetUp() {
        ProcessBuilder builder = machine().command("doctor", "--json");
        builder.environment()
                .put("BUMBA_DATA", machine().home().resolve("nothing").toString());
        try (Running doctor = Running.start(builder)) {
            assertThat(doctor.exitCode()).as(doctor.said()).isEqualTo(1);
            assertThat(Machine.json(doctor.out()).path("healthy").asBoolean()).isFalse();
            assertThat(doctor.out()).contains("bumba up");
        }
    }

    private String text(String... words) {
        try (Running run = machine().run(words)) {
            assertThat(run.exitCode()).as(run.said()).isZero();
            return run.out();
        }
    }
}

package io.bumba.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;

final class SessionTerritoriesTest extends WithCoordinator {
    @Test
    void whatASessionClaimsItLocksInsideAndOthersDoNot() {
        try (OpenSession ada = open("--name", "Ada");
                OpenSession ben = open("--name", "Ben")) {
            String id = claim(ada, "--title", "new login", "own/src/**", "own/docs");
            assertThat(id).startsWith("new-login-");
            assertThat(ada.code("lock", "own/src/a.c", "--wait", "0")).isZero();
            refused(ben, 3, "lock", "own/src/b.c", "--wait", "0")
                    .contains("'new login'", id, ada.agent(), "own/src/**");
            refused(ben, 3, "claim", "own/src/b.c")
                    .contains("own/src/** (meets own/src/b.c)", ada.agent(), "since", "nothing of it is free");
            refused(ben, 7, "release", id).contains("is not this session's", "bumba revoke");
            refused(ben, 7, "resize", id, "own/x").contains("is not this session's");
            JsonNode held = json(ada, "held", "--json");
            assertThat(held.at("/held/0/path").asText()).isEqualTo("own/src/a.c");
            assertThat(held.at("/territories/0/id").asText()).isEqualTo(id);
            JsonNode owned = json(ada, "territories", "--json");
            assertThat(owned.at("/territories/0/patterns"))
                    .extracting(JsonNode::asText)
                    .containsExactly("own/docs", "own/src/**");
            assertThat(text(ada, "territories")).contains(id + "  territory, EXCLUSIVE: own/docs own/src/**, since");
            assertThat(text(ben, "territories")).isEmpty();
            assertThat(ada.code("release", id)).isZero();
            assertThat(text(ada, "territories")).isEmpty();
            assertThat(ben.code("lock", "own/src/b.c", "--wait", "0")).isZero();
        }
    }

    @Test
    void aTerritoryIsResizedWholeOrNot() {
        try (OpenSession ada = open();
                OpenSession ben = open()) {
            String id = claim(ada, "size/a/");
            String other = claim(ben, "size/b/");
            refused(ada, 3, "resize", id, "--add", "size/b/x", "--add", "size/c/")
                    .contains("size/b/** (meets size/b/x)", ben.agent());
            assertThat(ben.code("lock", "size/c/x", "--wait", "0")).isZero();
            assertThat(ben.code("unlock", "size/c/x")).isZero();
            assertThat(text(ada, "resize", id, "--add", "size/c/", "--remove", "size/a/"))
                    .contains("size/c/**")
                    .doesNotContain("size/a");
            assertThat(ben.code("lock", "size/a/x", "--wait", "0")).isZero();
            assertThat(ben.code("lock", "size/c/x", "--wait", "0")).isEqualTo(3);
            assertThat(text(ada, "resize", id, "size/d/", "size/e/")).contains("size/d/** size/e/**");
            refused(ada, 2, "resize", id, "--remove", "size/z").contains("is none of its patterns");
            refused(ada, 2, "resize", id).contains("--add");
            assertThat(ben.code("release", other)).isZero();
        }
    }

    @Test
    void aClaimForACommandIsTheSessionsAndEndsWithIt() {
        try (OpenSession ada = open("--name", "Ada");
                OpenSession ben = open()) {
            try (Running claim = java(
                            ada,
                            "claim",
                            "for/",
                            "--",
                            "sh",
                            "-c",
                            "echo $BUMBA_AGENT $BUMBA_TERRITORY; read l; exit 9")
                    .awaitOut("\n")) {
                assertThat(claim.out()).startsWith(ada.agent() + " for-");
                assertThat(ada.code("lock", "for/a", "--wait", "0")).isZero();
                refused(ben, 3, "claim", "for/a").contains(ada.agent());
                claim.endOfInput();
                assertThat(claim.exitCode()).as(claim.said()).isEqualTo(9);
            }
            assertThat(text(ada, "territories")).isEmpty();
            try (Running refused =
                    java(ben, "claim", "for/", "--", "echo", "ran").endOfInput()) {
                assertThat(refused.exitCode()).as(refused.said()).isEqualTo(3);
                assertThat(refused.out()).isEmpty();
                assertThat(refused.err()).contains("for/a", ada.agent());
            }
        }
    }

    @Test
    void aClaimForACommandThatIsKilledIsGivenBackWhileItsSessionLives() {
        try (OpenSession ada = open();
                OpenSession ben = open()) {
            try (Running claim = java(ada, "claim", "gone/", "--", "sh", "-c", "echo claimed; read l")
                    .awaitOut("claimed")) {
                claim.signal("KILL");
                // Long before the session's own end would free it.
                await().atMost(Duration.ofSeconds(8)).until(() -> ben.code("claim", "gone/a") == 0);
            }
            assertThat(text(ada, "territories")).isEmpty();
        }
    }

    @Test
    void aCallerThatIsKilledWhileItWaitsLeavesNothing() {
        try (OpenSession ada = open();
                OpenSession ben = open()) {
            String id = claim(ada, "wait/");
            try (Running waiting = ben.start("claim", "wait/a", "--wait", "60s")) {
                await().until(() -> !waiting.descendants().isEmpty());
                await().during(Duration.ofSeconds(1)).until(waiting::isAlive);
                waiting.signal("KILL");
            }
            try (Running patient = ben.start("claim", "wait/b", "--wait", "60s", "--json")) {
                await().during(Duration.ofSeconds(3)).until(patient::isAlive);
                assertThat(ada.code("release", id)).isZero();
                assertThat(patient.exitCode()).as(patient.said()).isZero();
            }
            assertThat(json(ben, "territories", "--json").path("territories")).hasSize(1);
        }
    }

    @Test
    void aLostTerritoryIsToldAtOnceAndRefusedUntilItIsReleased() throws Exception {
        try (OpenSession session = open()) {
            String id = claim(session, "lost/");
            machine().deleteTerritory(id);
            await().until(() -> session.running().err().contains("territory " + id + " is lost"));
            refused(session, 5, "held").contains(id, "bumba release " + id);
            refused(session, 5, "territories").contains(id);
            refused(session, 5, "release", id).contains("look at the files");
            assertThat(session.code("held")).isZero();
            machine().deleteTerritory(claim(session, "lost/"));
            await().until(() -> session.code("held") == 5);
            session.running().endOfInput();
            assertThat(session.running().exitCode()).isEqualTo(5);
        }
    }

    @Test
    void whatASessionMayDoIsExplained() {
        try (OpenSession ada = open("--name", "Ada");
                OpenSession ben = open("--name", "Ben")) {
            String id = claim(ada, "--title", "mine", "explained/**");
            assertThat(ada.code("lock", "explained/a", "--reason", "fix #12")).isZero();
            assertThat(text(ben, "explain", "explained/a"))
                    .contains(
                            "explained/a, for " + ben.agent(),
                            "write  no: EXCLUSIVE territory " + id + " of " + ada.agent(),
                            "by its pattern explained/**: mine",
                            "held by " + ada.agent(),
                            "fix #12",
                            "next   ask the owner of " + id);
            assertThat(text(ada, "explain", "./explained/b"))
                    .contains("write  yes, with a lock", "it admits the agent", "next   lock it");
            JsonNode json = json(ben, "explain", "--json", "explained/a", "--agent", ada.agent());
            assertThat(json.at("/writes/allowed").asBoolean()).isTrue();
            assertThat(json.at("/territories/0/territory").asText()).isEqualTo(id);
            assertThat(text(ben, "explain", "free/file"))
                    .contains("write  yes, with a lock", "next   lock it, then edit it");
        }
    }

    @Test
    void wordsThatAreNotRightEndWith2AndOneLine() {
        try (OpenSession session = open()) {
            for (String line : List.of(
                    "claim",
                    "claim ../outside",
                    "claim a --wait 2h",
                    "claim a --type open",
                    "claim a --name x",
                    "claim [",
                    "release",
                    "resize",
                    "explain",
                    "explain a b",
                    "explain a --agent x")) {
                refused(session, 2, line.split(" ", -1)).isNotEmpty();
            }
            try (Running refused =
                    java(session, "claim", "a", "--name", "x", "--", "true").endOfInput()) {
                assertThat(refused.exitCode()).as(refused.said()).isEqualTo(2);
                assertThat(refused.err()).contains("its agent claims").hasLineCount(1);
            }
        }
    }

    @Test
    void everythingIsReleasedWithTheSession() {
        try (OpenSession ada = open()) {
            claim(ada, "ended/");
            ada.running().endOfInput();
            assertThat(ada.running().exitCode()).isEqualTo(7);
        }
        try (Running claim = machine().run("claim", "ended/a", "--", "true")) {
            assertThat(claim.exitCode()).as(claim.said()).isZero();
        }
    }

    private OpenSession open(String... options) {
        return OpenSession.start(machine(), options);
    }

    /** What needs a JVM: the others are tested to have none. */
    private Running java(OpenSession session, String... words) {
        ProcessBuilder builder = session.inside(machine().command(words));
        builder.environment().remove("JAVA_HOME");
        return Running.start(builder);
    }

    private static String claim(OpenSession session, String... words) {
        List<String> all = new ArrayList<>(List.of("claim", "--json"));
        all.addAll(Arrays.asList(words));
        return json(session, all.toArray(String[]::new)).path("id").asText();
    }

    private static JsonNode json(OpenSession session, String... words) {
        return Machine.json(text(session, words));
    }

    private static String text(OpenSession session, String... words) {
        try (Running run = session.run(words)) {
            assertThat(run.exitCode()).as(run.said()).isZero();
            return run.out();
        }
    }

    private static AbstractStringAssert<?> refused(OpenSession session, int code, String... words) {
        try (Running run = session.run(words)) {
            assertThat(run.exitCode()).as(Arrays.toString(words) + run.said()).isEqualTo(code);
            return assertThat(run.err()).startsWith("bumba: ").hasLineCount(1);
        }
    }
}

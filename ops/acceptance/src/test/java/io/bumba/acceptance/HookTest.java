package io.bumba.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HookTest extends WithCoordinator {
    private static final Path HOOK = Machine.REPOSITORY.resolve("ops/hooks/pre-edit");

    @TempDir
    private Path dir = Path.of("");

    @Test
    void whatAToolIsAboutToEditIsLockedInSilence() {
        try (OpenSession session = OpenSession.start(machine())) {
            for (String call : List.of(
                    call("Edit", "file_path", absolute("hook/edit")),
                    call("Write", "file_path", absolute("hook/write")),
                    call("MultiEdit", "file_path", absolute("hook/multi")),
                    call("NotebookEdit", "notebook_path", absolute("hook/notebook")),
                    call("write_file", "file_path", absolute("hook/gemini")),
                    call("replace", "file_path", "hook/relative"),
                    call(
                            "apply_patch",
                            "command",
                            "*** Begin Patch\n*** Add File: hook/a\n+x\n*** Update File: hook/b\n*** Move to: hook/c\n"
                                    + "@@\n-x\n+y\n*** Delete File: hook/d\n*** End Patch"))) {
                assertLocked(session, call);
            }
            try (Running held = session.run("held")) {
                assertThat(held.out())
                        .contains(
                                "hook/edit ",
                                "hook/write ",
                                "hook/multi ",
                                "hook/notebook ",
                                "hook/gemini ",
                                "hook/relative ",
                                "hook/a ",
                                "hook/b ",
                                "hook/c ",
                                "hook/d ")
                        .hasLineCount(10);
            }
            // Once more is no harm, and a tool that names no file that it edits passes.
            assertLocked(session, call("Edit", "file_path", absolute("hook/edit")));
            assertLocked(session, call("Bash", "command", "ls"));
        }
    }

    @Test
    void aFileThatAnotherHoldsIsNotEditedAndTheReasonSaysWhy() {
        try (OpenSession ada = OpenSession.start(machine());
                OpenSession ben = OpenSession.start(machine())) {
            assertThat(ada.code("lock", "taken", "--reason", "rewriting it")).isZero();
            assertRefused(
                    ben,
                    call("Edit", "file_path", absolute("taken")),
                    ada.agent(),
                    "since",
                    "rewriting it",
                    "ask the holder");
            // All or none: the other file of the patch is not left locked.
            assertRefused(
                    ben,
                    call("apply_patch", "command", "*** Update File: free\n*** Update File: taken\n"),
                    ada.agent());
            try (Running held = ben.run("held")) {
                assertThat(held.out()).isEmpty();
            }
        }
    }

    @Test
    void aFileInAnothersTerritoryIsNotEditedAndTheReasonSaysWhoseItIs() {
        try (OpenSession ada = OpenSession.start(machine());
                OpenSession ben = OpenSession.start(machine())) {
            assertThat(ada.code("claim", "area/**", "--title", "new login")).isZero();
            assertRefused(
                    ben, call("Edit", "file_path", absolute("area/deep/a.js")), "'new login'", ada.agent(), "area/**");
            assertLocked(ada, call("Edit", "file_path", absolute("area/deep/a.js")));
            assertLocked(ben, call("Edit", "file_path", absolute("elsewhere/a.js")));
        }
    }

    @Test
    void whatIsNotUnderstoodIsRefused() {
        try (OpenSession session = OpenSession.start(machine())) {
            for (String input : List.of(
                    "",
                    "not json",
                    "[]",
                    "{}",
                    "{\"tool_name\":\"Edit\"",
                    "{\"tool_name\":\"Edit\"} {}",
                    "{\"tool_name\":\"Edit\",\"tool_input\":{}}",
                    "{\"tool_name\":\"Edit\",\"tool_input\":{\"file_path\":7}}",
                    "{\"tool_name\":\"Edit\",\"tool_input\":{\"file_path\":\"\"}}",
                    "{\"tool_name\":\"Edit\",\"tool_input\":{\"file_path\":\"/a\",\"file_path\":\"/b\"}}",
                    "{\"tool_name\":\"Edit\",\"tool_input\":{\"file_path\":\"no cwd\"}}",
                    "{\"tool_name\":\"Edit\",\"tool_input\":{\"file_path\":\"/etc/passwd\"}}",
                    "{\"tool_name\":\"Edit\",\"cwd\":\"relative\",\"tool_input\":{\"file_path\":\"a\"}}",
                    "{\"tool_name\":\"apply_patch\",\"cwd\":\"/\",\"tool_input\":{\"command\":\"no patch\"}}",
                    "{\"tool_name\":\"Tomorrows\\u001b[2JTool\",\"tool_input\":{\"target\":\"a\"}}")) {
                assertRefused(session, input, "refused");
            }
        }
    }

    @Test
    void aTextTooLongToReadIsRefusedByName() {
        try (OpenSession session = OpenSession.start(machine())) {
            assertRefused(session, call("Write", "file_path", "x".repeat(5 << 20)), "larger than 4 MB");
            assertLocked(session, call("Write", "file_path", absolute("after")));
        }
    }

    @Test
    void withoutASessionNothingIsEdited() {
        ProcessBuilder builder = machine().inProject(List.of(HOOK.toString()));
        assertRefused(builder, "{}", "bumba session");
        builder.environment().put("BUMBA_SESSION", dir.resolve("gone").toString());
        assertRefused(builder, "{}", "begin a new");
    }

    @Test
    void withoutCurlNothingIsEdited() throws IOException {
        Path bin = Files.createDirectories(dir.resolve("bin"));
        ProcessBuilder builder = machine().inProject(List.of("/bin/sh", HOOK.toString()));
        builder.environment().put("BUMBA_SESSION", "/tmp/s");
        builder.environment().put("PATH", bin.toString());
        assertRefused(builder, "{}", "curl is missing");
    }

    @Test
    void aSessionThatDoesNotAnswerInTimeRefusesTheEdit() throws IOException {
        Path socket = dir.resolve("s");
        try (ServerSocketChannel mute = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            mute.bind(UnixDomainSocketAddress.of(socket));
            ProcessBuilder builder = machine().inProject(List.of(HOOK.toString()));
            builder.environment().put("BUMBA_SESSION", socket.toString());
            builder.environment().put("BUMBA_HOOK_TIMEOUT", "1");
            assertRefused(builder, "{}", "within 1 s");
            // Nor does an input that never ends hold it up.
            try (Running hook = Running.start(builder.redirectInput(ProcessBuilder.Redirect.PIPE))) {
                assertThat(hook.exitCode(Duration.ofSeconds(20)))
                        .as(hook.said())
                        .isEqualTo(2);
            }
            builder.environment().put("BUMBA_HOOK_TIMEOUT", "soon");
            assertRefused(builder, "{}", "BUMBA_HOOK_TIMEOUT");
        }
    }

    @Test
    void aHookThatIsEndedRefusesTheEdit() throws IOException {
        Path socket = dir.resolve("s");
        try (ServerSocketChannel mute = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            mute.bind(UnixDomainSocketAddress.of(socket));
            ProcessBuilder builder = machine().inProject(List.of(HOOK.toString()));
            builder.environment().put("BUMBA_SESSION", socket.toString());
            try (Running hook = Running.start(builder)) {
                await().until(() -> !hook.descendants().isEmpty());
                hook.signal("TERM");
                assertThat(hook.exitCode()).as(hook.said()).isEqualTo(2);
                assertThat(hook.err()).isNotEmpty();
            }
        }
    }

    @Test
    void afterALossTheFirstEditIsRefused() throws Exception {
        try (OpenSession session = OpenSession.start(machine())) {
            String call = call("Edit", "file_path", absolute("lost"));
            assertLocked(session, call);
            machine().deleteContenders("lost");
            await().until(() -> session.code("held") == 5);
            assertRefused(session, call, "lost", "bumba unlock");
            assertThat(session.code("unlock", "lost")).isEqualTo(5);
            assertLocked(session, call);
            assertThat(session.code("unlock", "lost")).isZero();
        }
    }

    private void assertLocked(OpenSession session, String input) {
        try (Running hook = hook(session.inside(machine().inProject(List.of(HOOK.toString()))), input)) {
            assertThat(hook.exitCode()).as(hook.said()).isZero();
            assertThat(hook.said()).isEmpty();
        }
    }

    private void assertRefused(OpenSession session, String input, String... words) {
        assertRefused(session.inside(machine().inProject(List.of(HOOK.toString()))), input, words);
    }

    private void assertRefused(ProcessBuilder builder, String input, String... words) {
        try (Running hook = hook(builder, input)) {
            assertThat(hook.exitCode()).as(hook.said()).isEqualTo(2);
            assertThat(hook.out()).isEmpty();
            assertThat(hook.err())
                    .startsWith("bumba: ")
                    .contains("refused")
                    .contains(words)
                    .doesNotContain("\u001b")
                    .hasLineCount(1);
        }
    }

    private Running hook(ProcessBuilder builder, String input) {
        try {
            Path file = Files.writeString(Files.createTempFile(dir, "input", ".json"), input);
            return Running.start(builder.redirectInput(file.toFile()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String absolute(String path) {
        return machine().project().resolve(path).toString();
    }

    private String call(String tool, String field, String value) {
        ObjectNode call = new ObjectMapper().createObjectNode();
        call.put("session_id", "s").put("hook_event_name", "PreToolUse").put("tool_name", tool);
        call.put("cwd", machine().project().toString());
        call.putObject("tool_input").put(field, value).put("content", "x\ny");
        return call.toString();
    }
}

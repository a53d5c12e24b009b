package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ToolCallTest {
    @ParameterizedTest
    @ValueSource(strings = {"Edit", "Write", "MultiEdit", "write_file", "replace", "ToolOfTomorrow"})
    void namesTheFile(String tool) {
        assertThat(files(tool, "{\"file_path\":\"/p/a b\",\"content\":\"/not/this\"}"))
                .containsExactly("/p/a b");
    }

    @Test
    void namesTheNotebook() {
        assertThat(files("NotebookEdit", "{\"notebook_path\":\"/p/n.ipynb\"}")).containsExactly("/p/n.ipynb");
    }

    @Test
    void namesEveryFileOfAPatch() {
        assertThat(files(
                        "apply_patch",
                        "{\"command\":\"*** Begin Patch\\n*** Update File: a\\n*** Move to: b c\\n@@\\n+*** Delete File: no\\n"
                                + "*** Add File:d\\n  *** Delete File: e  \\r\\n*** End Patch\"}"))
                .containsExactly("a", "b c", "d", "e");
        assertThat(files("apply_patch", "{\"command\":[\"apply_patch\",\"*** Add File: x\"]}"))
                .containsExactly("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Read", "Bash", "Grep", "read_file", "run_shell_command"})
    void readersAndShellsPassWithoutALock(String tool) {
        assertThat(files(tool, "{\"file_path\":\"/p/a\",\"command\":\"x\"}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{}",
                "{\"tool_name\":5}",
                "{\"tool_name\":\"Edit\"}",
                "{\"tool_name\":\"Edit\",\"tool_input\":[]}",
                "{\"tool_name\":\"Edit\",\"tool_input\":{\"file_path\":null}}",
                "{\"tool_name\":\"Edit\",\"tool_input\":{\"file_path\":[\"a\"]}}",
                "{\"tool_name\":\"Read\",\"tool_name\":\"Edit\",\"tool_input\":{\"file_path\":\"a\"}}",
                "{\"tool_name\":\"apply_patch\",\"tool_input\":{\"command\":\"ls\"}}",
                "{\"tool_name\":\"apply_patch\",\"tool_input\":{\"command\":[7]}}"
            })
    void whatIsNotUnderstoodIsRefused(String json) {
        assertThatThrownBy(() -> ToolCall.parse(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<String> files(String tool, String input) {
        String json = "{\"tool_name\":\"" + tool + "\",\"cwd\":\"/p\",\"tool_input\":" + input + "}";
        return ToolCall.parse(json.getBytes(StandardCharsets.UTF_8)).files();
    }
}

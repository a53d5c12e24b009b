package io.bumba.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What an agent's tool is about to do, as its hook tells it: Claude Code's {@code PreToolUse}, Codex' the same (with
 * patches), Gemini's {@code BeforeTool}. Pure.
 *
 * <p>A tool that edits must name its files, or it is refused: what cannot be understood is not let through. A few tools
 * that read, or run a command whose files nobody can know, pass without a lock.
 *
 * @param tool its name
 * @param cwd where relative names begin, or empty when it does not say
 * @param files as the tool names them; empty when it locks nothing
 */
record ToolCall(String tool, String cwd, List<String> files) {
    /** They name no file that they change, as far as can be known. */
    private static final Set<String> PASS = Set.of(
            "Read",
            "Glob",
            "Grep",
            "LS",
            "Bash",
            "BashOutput",
            "PowerShell",
            "WebFetch",
            "WebSearch",
            "read_file",
            "read_many_files",
            "list_directory",
            "glob",
            "search_file_content",
            "run_shell_command",
            "web_fetch",
            "google_web_search");

    private static final List<String> FILE_FIELDS = List.of("file_path", "notebook_path", "absolute_path", "path");
    private static final List<String> PATCH_MARKS =
            List.of("*** Add File:", "*** Update File:", "*** Delete File:", "*** Move to:");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    ToolCall {
        files = List.copyOf(files);
    }

    /** @throws IllegalArgumentException when it is no such JSON, or an edit that names no file */
    static ToolCall parse(byte[] body) {
        JsonNode call = read(body);
        String tool =
                call.path("tool_name").isTextual() ? call.path("tool_name").textValue() : "";
        if (!call.isObject() || tool.isEmpty()) {
            throw new IllegalArgumentException(
                    "the hook's input names no tool (tool_name), so nobody knows what it edits; is this a hook of"
                            + " PreToolUse or BeforeTool?");
        }
        String cwd = call.path("cwd").asText("");
        if (PASS.contains(tool)) {
            return new ToolCall(tool, cwd, List.of());
        }
        JsonNode input = call.path("tool_input");
        List<String> files = tool.equals("apply_patch") ? patched(input.path("command")) : named(input);
        if (files.isEmpty()) {
            throw new IllegalArgumentException("the tool '" + Text.shortened(tool, 60)
                    + "' does not name the file that it edits, so it cannot be locked; edit with a tool that does, or"
                    + " take it out of the hook's matcher");
        }
        return new ToolCall(tool, cwd, files);
    }

    private static JsonNode read(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "the hook's input is not JSON (" + e.getOriginalMessage() + "); nothing was locked", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("the hook's input cannot be read (" + e + "); nothing was locked", e);
        }
    }

    private static List<String> named(JsonNode input) {
        List<String> files = new ArrayList<>();
        for (String field : FILE_FIELDS) {
            JsonNode value = input.path(field);
            if (!value.isMissingNode() && !value.isNull()) {
                files.add(text(field, value));
            }
        }
        return files;
    }

    /** Every file of a patch. Where a line's role is in doubt it is taken for a file's: one lock too many harms less. */
    private static List<String> patched(JsonNode command) {
        StringBuilder patch = new StringBuilder();
        if (command.isArray()) {
            command.forEach(word -> patch.append(text("command", word)).append('\n'));
        } else {
            patch.append(text("command", command));
        }
        List<String> files = new ArrayList<>();
        patch.toString().lines().map(String::strip).forEach(line -> {
            for (String mark : PATCH_MARKS) {
                if (line.startsWith(mark)) {
                    files.add(line.substring(mark.length()).strip());
                }
            }
        });
        return files;
    }

    private static String text(String field, JsonNode value) {
        if (!value.isTextual() || value.textValue().isEmpty()) {
            throw new IllegalArgumentException("the field '" + field
                    + "' of the hook's input is no text, so nobody knows which file is meant; nothing was locked");
        }
        return value.textValue();
    }
}

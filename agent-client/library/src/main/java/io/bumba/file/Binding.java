package io.bumba.file;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bumba.BumbaException;
import io.bumba.BumbaException.Code;
import io.bumba.path.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * To which lock world a directory belongs; what {@code .bumba/workspace} says:
 *
 * <pre>{"v":1,"workspace":"shop","treeId":"5f0c9a1be2d47786","clusterId":"c1"}</pre>
 *
 * Fields that this version does not know are ignored, so that optional ones may come; a change that an older program must
 * not overlook gets another {@code v}, which is refused.
 *
 * @param workspace the project, {@code [A-Za-z0-9_.-]}, 1 to 64 characters
 * @param treeId drawn once for this directory, 16 hex digits
 * @param clusterId the cluster that keeps the locks, {@code [A-Za-z0-9_.-]}, 1 to 64 characters
 */
record Binding(String workspace, String treeId, String clusterId) {
    static final int VERSION = 1;

    private static final Pattern WORD = Pattern.compile("(?!\\.+$)[A-Za-z0-9_.-]{1,64}");
    private static final Pattern TREE_ID = Pattern.compile("[0-9a-f]{16}");
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    Binding {
        check("workspace", workspace, WORD, "[A-Za-z0-9_.-], 1 to 64 characters, not only dots");
        check("treeId", treeId, TREE_ID, "16 hex digits");
        check("clusterId", clusterId, WORD, "[A-Za-z0-9_.-], 1 to 64 characters, not only dots");
    }

    static Binding draw(String workspace, String clusterId, RandomGenerator random) {
        return new Binding(workspace, "%016x".formatted(random.nextLong()), clusterId);
    }

    /** @throws BumbaException UNSUPPORTED, naming the file that the bytes come from and the next step */
    static Binding parse(byte[] bytes, Path file) {
        JsonNode json = read(bytes, file);
        JsonNode version = json.path("v");
        if (version.isIntegralNumber() && !(version.isInt() && version.intValue() == VERSION)) {
            throw new BumbaException(
                    Code.UNSUPPORTED,
                    "%s has version %s, this program reads version %d; use the bumba that wrote it, or a newer one"
                            .formatted(Printable.of(file.toString()), Printable.of(version.asText()), VERSION));
        }
        try {
            if (!version.isInt()) {
                throw new IllegalArgumentException("no number 'v'");
            }
            return new Binding(text(json, "workspace"), text(json, "treeId"), text(json, "clusterId"));
        } catch (IllegalArgumentException e) {
            throw malformed(file, e);
        }
    }

    /** One line of JSON. */
    byte[] toJson() {
        String line = JSON.createObjectNode()
                .put("v", VERSION)
                .put("workspace", workspace)
                .put("treeId", treeId)
                .put("clusterId", clusterId)
                .toString();
        return (line + "\n").getBytes(StandardCharsets.UTF_8);
    }

    boolean sameWorld(Binding other) {
        return workspace.equals(other.workspace) && clusterId.equals(other.clusterId);
    }

    private static JsonNode read(byte[] bytes, Path file) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw malformed(file, e);
        }
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("no text '" + field + "'");
        }
        return value.textValue();
    }

    private static BumbaException malformed(Path file, Exception cause) {
        String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return new BumbaException(
                Code.UNSUPPORTED,
                "%s is no binding of a tree (%s); restore it, or remove it and run 'bumba init'"
                        .formatted(Printable.of(file.toString()), Printable.of(reason)),
                cause);
    }

    private static void check(String what, String value, Pattern rule, String words) {
        if (!rule.matcher(value).matches()) {
            throw new IllegalArgumentException(what + " '" + Printable.of(value) + "' is not of the form " + words);
        }
    }
}

package io.bumba.zk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Records as one line of JSON, {@code {"v":1,...}}, readable in {@code zkCli}. Within one version fields may be added: a
 * reader ignores those it does not know. Thread-safe.
 */
public final class Codec {
    static final int VERSION = 1;

    /** Far below a server's {@code jute.maxbuffer} of 1 MB. */
    static final int MAX_BYTES = 512 * 1024;

    private static final byte[] VERSIONED_ALONE = ("{\"v\":" + VERSION).getBytes(StandardCharsets.UTF_8);
    private static final byte[] VERSIONED = ("{\"v\":" + VERSION + ",").getBytes(StandardCharsets.UTF_8);

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private Codec() {}

    /** @throws IllegalArgumentException when the record is no JSON object, or too large for a znode */
    public static byte[] encode(Object record) {
        try {
            byte[] plain = JSON.writeValueAsBytes(record);
            if (plain[0] != '{') {
                throw new IllegalArgumentException("no JSON object: " + record.getClass());
            }
            byte[] head = plain.length > 2 ? VERSIONED : VERSIONED_ALONE;
            byte[] bytes = Arrays.copyOf(head, head.length + plain.length - 1);
            System.arraycopy(plain, 1, bytes, head.length, plain.length - 1);
            if (bytes.length > MAX_BYTES) {
                throw new IllegalArgumentException(record.getClass().getSimpleName() + " has " + bytes.length
                        + " bytes as JSON, the limit MAX_BYTES is " + MAX_BYTES);
            }
            return bytes;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not fit for JSON: " + record.getClass(), e);
        }
    }

    public static <T> Decoded<T> decode(byte[] bytes, Class<T> type) {
        try {
            JsonNode tree = JSON.readTree(bytes);
            JsonNode version = tree == null ? null : tree.get("v");
            if (version == null || !version.isIntegralNumber()) {
                return new Decoded.Malformed<>("no version 'v'");
            }
            if (version.asLong() != VERSION) {
                return new Decoded.OtherVersion<>(version.asLong());
            }
            return new Decoded.Known<>(JSON.treeToValue(tree, type));
        } catch (IOException | IllegalArgumentException e) {
            return new Decoded.Malformed<>(e.getClass().getSimpleName());
        }
    }
}

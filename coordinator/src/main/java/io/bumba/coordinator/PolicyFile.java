package io.bumba.coordinator;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.bumba.path.CasePolicy;
import io.bumba.path.PathPattern;
import io.bumba.path.PathPatterns;
import io.bumba.path.Printable;
import io.bumba.territory.Policy;
import io.bumba.zk.Codec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The file that says what may be claimed, by whom; its keys and their meaning stand in {@code config/policy.yml}. It is taken
 * whole or not at all. Thread-safe.
 *
 * @param casePolicy of the workspace, in which its patterns are read
 */
record PolicyFile(Path path, CasePolicy casePolicy) {
    static final int MAX_BYTES = 1024 * 1024;
    private static final int MAX_NAME = 64;

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    /** It cannot be taken; the message says which file, line and rule. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private Refused(String message, @org.jspecify.annotations.Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** @throws Refused when it is not there, cannot be read or is too large */
    byte[] read() throws Refused {
        if (!Files.isRegularFile(path)) {
            throw refused("", "it is not there; put it back, or take policyFile out of the configuration", null);
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw refused("", "it has more than " + MAX_BYTES + " bytes (MAX_BYTES)", null);
            }
            return bytes;
        } catch (IOException e) {
            throw refused("", "it cannot be read (" + e + "); see its mode and owner", e);
        }
    }

    /** @throws Refused when it breaks a rule */
    Policy parse(byte[] bytes) throws Refused {
        Policy policy;
        try {
            policy = YAML.readValue(text(bytes), Policy.class);
        } catch (JacksonException e) {
            throw refused(line(e.getLocation()), rule(e), e);
        }
        if (policy == null) {
            throw refused("", "it is empty; write {} to let the defaults hold", null);
        }
        try {
            Policy folded = folded(policy);
            Codec.encode(folded);
            return folded;
        } catch (IllegalArgumentException e) {
            throw refused("", String.valueOf(e.getMessage()), e);
        }
    }

    private String text(byte[] bytes) throws Refused {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (text.lines()
                    .allMatch(line -> line.isBlank() || line.stripLeading().startsWith("#"))) {
                throw refused("", "it is empty; write {} to let the defaults hold", null);
            }
            return text;
        } catch (CharacterCodingException e) {
            throw refused("", "it is not in UTF-8", e);
        }
    }

    private Policy folded(Policy policy) {
        Set<String> names = new HashSet<>();
        List<Policy.Area> areas = new ArrayList<>();
        for (Policy.Area area : Objects.requireNonNullElse(policy.areas(), List.<Policy.Area>of())) {
            if (area.name().length() > MAX_NAME || !area.name().codePoints().allMatch(Printable::isPrintable)) {
                throw new IllegalArgumentException("the name of area '" + Printable.of(area.name())
                        + "' must be one line of 1 to " + MAX_NAME + " printable characters");
            }
            if (!names.add(area.name())) {
                throw new IllegalArgumentException(
                        "two areas are named '" + area.name() + "'; refusals name the area, so give each its own name");
            }
            if (area.patterns().size() == 0) {
                throw new IllegalArgumentException("area '" + area.name() + "' has no patterns; name what lies in it");
            }
            List<String> texts =
                    area.patterns().patterns().stream().map(PathPattern::value).toList();
            areas.add(new Policy.Area(
                    area.name(), PathPatterns.of(texts, casePolicy), area.capabilities(), area.departments()));
        }
        return new Policy(
                policy.allowOverBroad(),
                policy.maxPatterns(),
                policy.maxTerritoriesPerAgent(),
                policy.maxClaimsPerAgent(),
                policy.maxTerritories(),
                areas);
    }

    private Refused refused(String where, String rule, @org.jspecify.annotations.Nullable Throwable cause) {
        return new Refused("policy file " + path + where + ": " + rule, cause);
    }

    private static String line(@org.jspecify.annotations.Nullable JsonLocation at) {
        return at == null || at.getLineNr() < 1 ? "" : ", line " + at.getLineNr();
    }

    private static String rule(JacksonException e) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "there is no key '" + Printable.of(unknown.getPropertyName()) + "'; the keys here are "
                    + new TreeSet<>(Objects.requireNonNullElse(unknown.getKnownPropertyIds(), List.of()));
        }
        String key = e instanceof JsonMappingException mapping ? key(mapping) : "";
        Throwable cause = e.getCause();
        if (cause instanceof NullPointerException) {
            return key + "a list has an entry without a value";
        }
        if (cause instanceof IllegalArgumentException) {
            return key + cause.getMessage();
        }
        return key
                + Objects.requireNonNullElse(e.getOriginalMessage(), "")
                        .lines()
                        .findFirst()
                        .map(Printable::of)
                        .orElse("it is no valid YAML");
    }

    private static String key(JsonMappingException e) {
        StringBuilder key = new StringBuilder();
        for (JsonMappingException.Reference at : e.getPath()) {
            if (at.getFieldName() != null) {
                key.append(key.isEmpty() ? "" : ".").append(Printable.of(at.getFieldName()));
            } else {
                key.append('[').append(at.getIndex()).append(']');
            }
        }
        return key.isEmpty() ? "" : key.append(": ").toString();
    }
}

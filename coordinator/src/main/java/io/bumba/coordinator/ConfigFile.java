package io.bumba.coordinator;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.YamlConfigurationFactory;
import jakarta.validation.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.text.StringSubstitutor;

/**
 * Reads the configuration: the built-in file, then the user's over it, then the command line's options over both. Every
 * error names its key and its rule.
 */
final class ConfigFile extends YamlConfigurationFactory<CoordinatorConfig> {
    private static final String BUILT_IN = "coordinator.yml";
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private final Map<String, String> environment;

    ConfigFile(ObjectMapper mapper, Validator validator, Map<String, String> environment) {
        super(
                CoordinatorConfig.class,
                validator,
                mapper.copy().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES),
                "dw");
        this.environment = environment;
    }

    CoordinatorConfig read(StartOptions options) {
        String name = options.config().map(Path::toString).orElse("the built-in configuration");
        try {
            ObjectNode tree = parse("the built-in " + BUILT_IN, builtIn());
            if (options.config().isPresent()) {
                overlay(tree, parse(name, userFile(options.config().get())));
            }
            apply(options, tree);
            options.config().ifPresent(file -> besides(file, tree));
            String data = tree.path("dataDirectory").asText();
            return build(replaceData(tree, data), name);
        } catch (ConfigurationException e) {
            throw bad(String.valueOf(e.getMessage()).strip(), e);
        } catch (IOException e) {
            throw bad(name + " cannot be read: " + firstLine(e), e);
        }
    }

    private ObjectNode parse(String name, String text) {
        StringSubstitutor substitutor = new StringSubstitutor(this::variable);
        substitutor.setEnableSubstitutionInVariables(true);
        try {
            JsonNode tree = YAML.readTree(substitutor.replace(text));
            if (tree == null || tree.isMissingNode() || tree.isNull()) {
                return YAML.createObjectNode();
            }
            if (tree instanceof ObjectNode object) {
                return object;
            }
            throw bad(name + " must be a map of keys and values", null);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw bad(
                    name + " is no valid YAML: " + firstLine(e) + " (line "
                            + (e.getLocation() == null
                                    ? "unknown"
                                    : e.getLocation().getLineNr()) + ")",
                    e);
        }
    }

    /** An empty variable counts as unset, so that {@code X= command} gives the default. */
    private @org.jspecify.annotations.Nullable String variable(String name) {
        String value = environment.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    private static void overlay(ObjectNode below, ObjectNode above) {
        above.properties().forEach(entry -> {
            JsonNode old = below.get(entry.getKey());
            if (old instanceof ObjectNode oldObject
                    && entry.getValue() instanceof ObjectNode newObject
                    && !entry.getKey().equals("departments")) {
                overlay(oldObject, newObject);
            } else {
                below.set(entry.getKey(), entry.getValue());
            }
        });
    }

    private static void apply(StartOptions options, ObjectNode tree) {
        options.data().ifPresent(d -> tree.put("dataDirectory", d.toString()));
        options.workspace().ifPresent(w -> tree.put("workspace", w));
        options.effectiveZookeeperPort().ifPresent(p -> {
            if (tree.get("zookeeper") instanceof ObjectNode section) {
                section.put("port", p);
            }
        });
        options.port().ifPresent(p -> firstConnector(tree, "applicationConnectors", p));
        options.effectiveAdminPort().ifPresent(p -> firstConnector(tree, "adminConnectors", p));
    }

    private static void firstConnector(ObjectNode tree, String kind, int port) {
        if (tree.path("server").path(kind).path(0) instanceof ObjectNode connector) {
            connector.put("port", port);
        }
    }

    /** The policy file lies where the configuration says, seen from the configuration file. */
    private static void besides(Path config, ObjectNode tree) {
        String policy = Objects.requireNonNullElse(tree.path("policyFile").textValue(), "");
        if (!policy.isBlank() && !policy.startsWith("{data}")) {
            tree.put(
                    "policyFile",
                    config.toAbsolutePath().resolveSibling(policy).normalize().toString());
        }
    }

    private static JsonNode replaceData(JsonNode node, String data) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(e -> e.setValue(replaceData(e.getValue(), data)));
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, replaceData(array.get(i), data));
            }
        } else if (node.isTextual() && node.textValue().contains("{data}")) {
            return TextNode.valueOf(node.textValue().replace("{data}", data));
        }
        return node;
    }

    private static String builtIn() throws IOException {
        try (InputStream in = Objects.requireNonNull(ConfigFile.class.getResourceAsStream(BUILT_IN), BUILT_IN)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String userFile(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw bad("configuration file " + file + " is not there; check the path after --config", null);
        }
        return Files.readString(file);
    }

    private static String firstLine(Throwable e) {
        return Objects.requireNonNullElse(e.getMessage(), e.toString())
                .lines()
                .findFirst()
                .orElse("");
    }

    private static StartFailure bad(String message, @org.jspecify.annotations.Nullable Throwable cause) {
        return new StartFailure(StartFailure.Reason.BAD_CONFIGURATION, message, cause);
    }
}

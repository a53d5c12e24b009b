package io.bumba.coordinator;

import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Configurations for tests: free ports, a directory of the test's own. */
final class TestConfig {
    private TestConfig() {}

    /** Options for a start on this directory with free ports and these keys changed. */
    static StartOptions options(Path data, String... yaml) {
        return new StartOptions(
                yaml.length == 0 ? Optional.empty() : Optional.of(file(data, yaml)),
                Optional.of(data),
                Optional.empty(),
                Optional.of(0),
                Optional.empty(),
                Optional.empty());
    }

    /** Options that name a file of these lines and nothing else. */
    static StartOptions onlyFile(Path data, String... yaml) {
        return new StartOptions(
                Optional.of(file(data, yaml)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    static CoordinatorConfig read(StartOptions options, String... environment) {
        Map<String, String> variables = new HashMap<>(Map.of("HOME", "/home/somebody"));
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        return new ConfigFile(
                        Jackson.newObjectMapper(),
                        Validators.newValidatorFactory().getValidator(),
                        variables)
                .read(options);
    }

    private static Path file(Path data, String... yaml) {
        try {
            Path file = data.resolveSibling(data.getFileName() + ".yml");
            return Files.writeString(file, String.join("\n", yaml) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

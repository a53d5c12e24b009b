package io.bumba.rulebreakers.path;

import java.nio.file.Files;
import java.nio.file.Path;

record DoesInputAndOutput(Path path) {
    boolean exists() {
        return Files.exists(path);
    }
}

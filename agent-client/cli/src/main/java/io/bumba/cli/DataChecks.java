package io.bumba.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The coordinator's data directory and the secrets in it. */
final class DataChecks {
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final Target target;

    DataChecks(Target target) {
        this.target = target;
    }

    List<Finding> findings() {
        Path data = target.data();
        if (!Files.isDirectory(data)) {
            return List.of(Finding.warning(
                    "data", data + " does not exist", "'bumba up' makes it; or name the right one with --data DIR"));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(directory(data));
        try {
            Optional<RunFile> run = RunFile.read(data);
            run.flatMap(r -> secret("fleet key", data, r.fleetKeyFile())).ifPresent(findings::add);
            run.flatMap(r -> secret("operator token", data, r.operatorTokenFile()))
                    .ifPresent(findings::add);
        } catch (CliException e) {
            findings.add(Finding.problem("run file", String.valueOf(e.getMessage()), "see there"));
        }
        return findings;
    }

    private static Finding directory(Path data) {
        try {
            Set<PosixFilePermission> modes = Files.getPosixFilePermissions(data);
            if (modes.contains(PosixFilePermission.OTHERS_WRITE) || modes.contains(PosixFilePermission.GROUP_WRITE)) {
                return Finding.problem(
                        "data",
                        data + " can be written by others (" + PosixFilePermissions.toString(modes) + ")",
                        "chmod 700 " + data);
            }
            return Files.isWritable(data)
                    ? Finding.ok("data", data + " (" + PosixFilePermissions.toString(modes) + ")")
                    : Finding.warning("data", data + " is not writable by you", "run 'bumba up' as its owner");
        } catch (IOException | UnsupportedOperationException e) {
            return Finding.problem(
                    "data", data + " cannot be looked at (" + e + ")", "check its owner and file system");
        }
    }

    private static Optional<Finding> secret(String name, Path data, @Nullable String named) {
        if (named == null) {
            return Optional.empty();
        }
        Path file = data.resolve(named);
        try {
            Set<PosixFilePermission> modes = Files.getPosixFilePermissions(file);
            Set<PosixFilePermission> tooMany = EnumSet.copyOf(OTHERS);
            tooMany.retainAll(modes);
            return Optional.of(
                    tooMany.isEmpty()
                            ? Finding.ok(name, file + " (" + PosixFilePermissions.toString(modes) + ")")
                            : Finding.problem(
                                    name,
                                    file + " is open to others (" + PosixFilePermissions.toString(modes) + ")",
                                    "chmod 600 " + file + ", and make a new one if others may have read it"));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.of(Finding.problem(
                    name, file + " cannot be looked at (" + e + ")", "run as the user who started the coordinator"));
        }
    }
}

package io.bumba.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks for a command the way a shell does, so that no lock is taken for one that cannot run. */
final class CommandFinder {
    private CommandFinder() {}

    /** @throws CliException NOT_FOUND or NOT_EXECUTABLE */
    static void require(String command, Surroundings around) {
        if (command.isEmpty()) {
            throw new CliException(ExitCode.NOT_FOUND, "the command is empty; name one after --");
        }
        if (command.contains("/")) {
            Path file = around.cwd().resolve(command);
            if (!Files.exists(file)) {
                throw notFound(command);
            }
            if (!isProgram(file)) {
                throw new CliException(
                        ExitCode.NOT_EXECUTABLE,
                        "'" + command
                                + "' cannot be executed; make it executable with chmod +x, or run it with an interpreter");
            }
            return;
        }
        boolean blocked = false;
        for (String dir : around.variable("PATH").split(":", -1)) {
            Path file = around.cwd().resolve(dir.isEmpty() ? "." : dir).resolve(command);
            if (isProgram(file)) {
                return;
            }
            blocked |= Files.isRegularFile(file);
        }
        throw blocked
                ? new CliException(ExitCode.NOT_EXECUTABLE, "'" + command + "' on PATH cannot be executed; chmod +x it")
                : notFound(command);
    }

    /** What a failed start means. */
    static CliException failure(String command, IOException e) {
        String why = String.valueOf(e.getMessage());
        return why.contains("error=2,")
                ? new CliException(
                        ExitCode.NOT_FOUND,
                        "'" + command + "' or its interpreter was not found; check the name and PATH",
                        e)
                : new CliException(ExitCode.NOT_EXECUTABLE, "'" + command + "' cannot be executed (" + why + ")", e);
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }

    private static CliException notFound(String command) {
        return new CliException(ExitCode.NOT_FOUND, "command '" + command + "' was not found; check the name and PATH");
    }
}

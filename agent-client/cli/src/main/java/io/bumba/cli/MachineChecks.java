package io.bumba.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the machine has: Java, git, Linux. */
final class MachineChecks {
    private final Surroundings around;

    MachineChecks(Surroundings around) {
        this.around = around;
    }

    List<Finding> findings() {
        return List.of(java(), system(), git());
    }

    private static Finding java() {
        String home = System.getProperty("java.home", "");
        String message = System.getProperty("java.version") + " in " + home;
        return Files.isExecutable(Path.of(home, "bin", "javac"))
                ? Finding.ok("java", message)
                : Finding.warning(
                        "java",
                        message + ", without a compiler",
                        "install a JDK 17 or newer if you want to build here");
    }

    private static Finding system() {
        String name = System.getProperty("os.name", "");
        return name.equals("Linux")
                ? Finding.ok("system", name)
                : Finding.warning("system", name, "only Linux is tested; use it where it counts");
    }

    private Finding git() {
        try {
            Process git = new ProcessBuilder("git", "--version")
                    .directory(around.cwd().toFile())
                    .redirectErrorStream(true)
                    .start();
            String version = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor(5, TimeUnit.SECONDS) && git.exitValue() == 0
                    ? Finding.ok("git", version)
                    : Finding.warning("git", version, "'bumba demo' needs a git that works");
        } catch (IOException e) {
            return Finding.warning("git", "not found on PATH", "install git; 'bumba demo' needs it");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Finding.warning("git", "did not answer", "'bumba demo' needs a git that works");
        }
    }
}

package io.bumba.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where it was measured, in general terms.
 *
 * @param cores processors that this process may use
 * @param system name and architecture
 * @param java version of the JVM
 * @param fileSystem type of the one that the servers' data lay on
 * @param loadBefore running processes at the start, averaged over a minute; negative where the system does not tell
 */
record Machine(int cores, String system, String java, String fileSystem, double loadBefore) {
    private static final String IN_MEMORY = "tmpfs";

    static Machine here(Path data) {
        try {
            return new Machine(
                    Runtime.getRuntime().availableProcessors(),
                    System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                    "Java " + Runtime.version().feature(),
                    Files.getFileStore(data).type(),
                    load());
        } catch (IOException e) {
            throw new BenchException("cannot tell the file system of " + data, e);
        }
    }

    static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    boolean syncsToMemory() {
        return fileSystem.equals(IN_MEMORY);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s, %d cores, %s, data on %s", system, cores, java, fileSystem);
    }
}

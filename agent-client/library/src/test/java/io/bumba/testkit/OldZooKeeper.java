package io.bumba.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * ZooKeeper 3.9.3, as others may run it, for {@link ZkProcess}. The build puts its two jars beside the library's test
 * classes; they never are on the class path of this JVM.
 */
public final class OldZooKeeper {
    public static final String VERSION = "3.9.3";

    private OldZooKeeper() {}

    /** This JVM's class path with the old jars in place of the present ones. */
    public static String classpath() {
        String rest = Arrays.stream(Jvm.classpath().split(File.pathSeparator, -1))
                .filter(entry -> !isZooKeeper(Path.of(entry)))
                .collect(Collectors.joining(File.pathSeparator));
        return jars() + File.pathSeparator + rest;
    }

    private static String jars() {
        Path directory = buildDirectory().resolve("zookeeper-" + VERSION);
        if (!Files.isDirectory(directory)) {
            throw new IllegalStateException(
                    "no " + directory + ": build the library with Maven (generate-test-resources)");
        }
        try (Stream<Path> files = Files.list(directory)) {
            String jars = files.map(Path::toString)
                    .filter(name -> name.endsWith(".jar"))
                    .sorted()
                    .collect(Collectors.joining(File.pathSeparator));
            if (jars.isEmpty()) {
                throw new IllegalStateException("no jars in " + directory);
            }
            return jars;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + directory, e);
        }
    }

    private static boolean isZooKeeper(Path entry) {
        Path name = entry.getFileName();
        return name != null && name.toString().matches("zookeeper(-jute)?-[0-9].*\\.jar");
    }

    /** The library's {@code target}: this class is in its test classes, or in its test jar. */
    private static Path buildDirectory() {
        try {
            Path here = Path.of(OldZooKeeper.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path parent = here.getParent();
            return parent == null ? here : parent;
        } catch (URISyntaxException e) {
            throw new IllegalStateException("where am I?", e);
        }
    }
}

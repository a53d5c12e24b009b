package io.bumba.chaos;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The library with a mistake in it. Its changed classes are compiled into a directory that comes first on the class path
 * of the workers; the code that is shipped has no hook for this.
 *
 * @param patches the mistake; several of one class are made one after the other
 */
record Mutant(List<Patch> patches) {
    Mutant {
        patches = List.copyOf(patches);
    }

    static Mutant of(Patch... patches) {
        return new Mutant(List.of(patches));
    }

    /**
     * Compiles it.
     *
     * @param sources the library's packages
     * @param classpath what the library needs, the library itself included
     * @param directory where the classes go; made when missing
     * @return the directory
     * @throws IllegalStateException when a text to replace is not there exactly once, or the result does not compile
     */
    Path compile(Path sources, String classpath, Path directory) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("a mutant needs a JDK; this Java has no compiler");
        }
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + directory, e);
        }
        StringWriter said = new StringWriter();
        List<String> options =
                List.of("-cp", classpath, "-d", directory.toString(), "-proc:none", "-nowarn", "-parameters");
        boolean compiled = compiler.getTask(said, null, null, options, null, changed(sources))
                .call();
        if (!compiled) {
            throw new IllegalStateException("the mutant does not compile:\n" + said);
        }
        return directory;
    }

    private List<JavaFileObject> changed(Path sources) {
        Map<String, String> byType = new LinkedHashMap<>();
        for (Patch patch : patches) {
            byType.merge(patch.type(), patch.apply(sources), (before, ignored) -> patch.applyTo(before));
        }
        return byType.entrySet().stream()
                .<JavaFileObject>map(entry -> new Source(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** A source that is in no file. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String type, String text) {
            super(URI.create("string:///" + type.replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}

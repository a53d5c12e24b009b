package io.bumba.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pattern matches what {@code git check-ignore} says it does, where both mean the same: without braces, in ASCII, anchored. To
 * git a file is ignored, too, when a directory above it is; so is what is compared, also below a pattern that is to us exactly
 * one file.
 */
class PatternGitTest {
    private static final int PATTERNS = 300;
    private static final int PATHS = 400;
    private static final List<String> NAMES = List.of(
            "a", "b", "ab", "ba", "aa", "a.js", ".a", ".git2", "b.java", ".env", "a-b", "a b", "A", "..a", "!a");
    private static final List<String> WILD = List.of(
            "*", "?", "a*", "*b", "*.js", ".*", "[ab]", "[!a]", "[^a]*", "[a-b]?", "a?", "*a*", "**", "**", "**b",
            "[.]a", "?a", "[]a]", "[a-]*", "\\!a", "\\*", "*a*b*", "[!.]*", "a[- ]b", "A", "[A-Z]*", "?[!b]*");

    @TempDir
    Path temporary;

    // fault 86
    @Test
    void whatGitIgnoresIsWhatThePatternMatches() throws IOException, InterruptedException {
        git(List.of("init", "-q", "."), "");
        Random random = new Random(20_261_124);
        List<String> paths = paths(random);
        int matched = 0;
        int hidden = 0;
        for (int i = 0; i < PATTERNS; i++) {
            String text = pattern(random);
            PathPattern pattern = PathPattern.of(text);
            List<String> ours = paths.stream()
                    .filter(path -> matchesSomeDirectoryOf(pattern, path))
                    .toList();
            assertThat(ours).as("'%s', read as '%s'", text, pattern).isEqualTo(ignored(text, paths));
            matched += ours.size();
            hidden += (int) ours.stream().filter(path -> path.startsWith(".")).count();
        }
        assertThat(matched).isBetween(PATTERNS * PATHS / 50, PATTERNS * PATHS / 2);
        assertThat(hidden).isGreaterThan(PATTERNS);
    }

    private static boolean matchesSomeDirectoryOf(PathPattern pattern, String path) {
        List<String> segments = RepoPath.of(path).segments();
        return IntStream.rangeClosed(1, segments.size())
                .mapToObj(n -> RepoPath.of(String.join("/", segments.subList(0, n))))
                .anyMatch(pattern::matches);
    }

    private static List<String> paths(Random random) {
        TreeSet<String> paths = new TreeSet<>();
        while (paths.size() < PATHS) {
            List<String> segments = new ArrayList<>();
            for (int depth = 1 + random.nextInt(4); depth > 0; depth--) {
                segments.add(NAMES.get(random.nextInt(NAMES.size())));
            }
            paths.add(String.join("/", segments));
        }
        return List.copyOf(paths);
    }

    private static String pattern(Random random) {
        List<String> segments = new ArrayList<>();
        int doubleStars = 0;
        for (int depth = 1 + random.nextInt(3); depth > 0; depth--) {
            List<String> from = random.nextBoolean() ? WILD : NAMES;
            String segment = from.get(random.nextInt(from.size()));
            segments.add(segment.equals("!a") ? "\\!a" : segment);
            doubleStars += segment.equals("**") ? 1 : 0;
        }
        String last = segments.get(segments.size() - 1);
        // To git, a '**' with '/' behind it is directories only.
        boolean mayBeDirectory = !last.equals("**") && doubleStars <= PathPattern.MAX_DOUBLE_STARS;
        return String.join("/", segments) + (mayBeDirectory && random.nextInt(4) == 0 ? "/" : "");
    }

    private List<String> ignored(String pattern, List<String> paths) throws IOException, InterruptedException {
        Files.writeString(temporary.resolve(".gitignore"), "/" + pattern + "\n");
        String answers = git(
                List.of("check-ignore", "--no-index", "--stdin", "-z", "-v", "-n"), String.join("\0", paths) + "\0");
        // Source, line, pattern, path; the first three are empty when nothing matched.
        List<String> fields = List.of(answers.split("\0", -1));
        assertThat(fields).hasSize(4 * paths.size() + 1);
        return IntStream.range(0, paths.size())
                .filter(i -> !fields.get(4 * i).isEmpty())
                .mapToObj(i -> fields.get(4 * i + 3))
                .toList();
    }

    private String git(List<String> arguments, String input) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(arguments);
        Path answers = temporary.resolve("answers");
        Path questions = Files.writeString(temporary.resolve("questions"), input);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(temporary.toFile())
                .redirectInput(questions.toFile())
                .redirectOutput(answers.toFile())
                .redirectError(temporary.resolve("errors").toFile());
        Map<String, String> clean = new HashMap<>(Map.of(
                "PATH",
                System.getenv("PATH"),
                "HOME",
                temporary.toString(),
                "GIT_CONFIG_NOSYSTEM",
                "1",
                "LC_ALL",
                "C"));
        builder.environment().clear();
        builder.environment().putAll(clean);
        Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(temporary.resolve("errors")))
                .isBetween(0, 1);
        return Files.readString(answers, StandardCharsets.UTF_8);
    }
}

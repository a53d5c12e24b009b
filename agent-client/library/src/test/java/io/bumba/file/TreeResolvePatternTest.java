package io.bumba.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bumba.path.CasePolicy;
import io.bumba.path.PathPattern;
import io.bumba.path.Printable;
import io.bumba.path.RepoPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

// faults 65, 79, 80, 86, 87
class TreeResolvePatternTest {
    private Path outside = Path.of("");
    private Path root = Path.of("");
    private Path src = Path.of("");

    /** {@code outside/secret} and {@code project/src/auth/login.js}, with {@code project/link} leading to {@code src}. */
    @BeforeEach
    void project(@TempDir Path temporary) throws IOException {
        Path directory = temporary.toRealPath();
        outside = Files.createDirectory(directory.resolve("outside"));
        Files.createFile(outside.resolve("secret"));
        root = Files.createDirectory(directory.resolve("project"));
        src = Files.createDirectory(root.resolve("src"));
        Files.createDirectory(src.resolve("auth"));
        Files.createFile(src.resolve("auth/login.js"));
        Files.createSymbolicLink(root.resolve("link"), Path.of("src"));
        Tree.init(root, "shop", "c1");
    }

    @ParameterizedTest
    @CsvSource({
        "auth/login.js, src/auth/login.js",
        "./auth//login.js, src/auth/login.js",
        "auth/new.js, src/auth/new.js",
        "auth, src/auth/**",
        "auth/, src/auth/**",
        "auth/., src/auth/**",
        "auth/.., src/**",
        "., src/**",
        "new, src/new",
        "new/, src/new/**",
        "*, src/*",
        "**, src/**",
        "**/, src/**",
        "*.js, src/*.js",
        "./*.js, src/*.js",
        "../src/*.js, src/*.js",
        "../*.md, *.md",
        "../**/test/**, **/test/**",
        "no/such/*.js, src/no/such/*.js",
        "auth/[a-z]?.js, src/auth/[a-z]?.js",
        "'{auth,new}/*.js', 'src/{auth,new}/*.js'",
        "../link, src/**",
        "../link/, src/**",
        "../link/auth, src/auth/**",
        "../link/auth/*.js, src/auth/*.js",
        "../link/../*.md, *.md",
        "../link/new.js, src/new.js",
        "\\[id].js, src/\\[id].js",
        "a\\*b/*, src/a\\*b/*",
    })
    void aPatternIsReadFromTheWorkingDirectoryAndThroughLinks(String text, String expected) {
        assertThat(resolve(text)).containsExactly(PathPattern.of(expected));
        assertThat(resolve(src + "/" + text)).containsExactly(PathPattern.of(expected));
    }

    @Test
    void theWholeTreeIsTwoStars() {
        assertThat(resolve("..")).containsExactly(PathPattern.of("**"));
        assertThat(resolve("../")).containsExactly(PathPattern.of("**"));
        assertThat(resolve("../link/..")).containsExactly(PathPattern.of("**"));
    }

    @Test
    void aLinkToAFileMeansTheFile() throws IOException {
        Files.createSymbolicLink(src.resolve("to-login"), Path.of("auth/login.js"));
        assertThat(resolve("to-login")).containsExactly(PathPattern.of("src/auth/login.js"));
    }

    @Test
    void aFileWhoseNameTheShellPutThereIsMeantBesidesWhatItMatchesAsAPattern() throws IOException {
        Files.createFile(src.resolve("[id].js"));
        assertThat(resolve("[id].js")).containsExactly(PathPattern.of("src/\\[id].js"), PathPattern.of("src/[id].js"));
        Files.createDirectory(src.resolve("{a,b}"));
        assertThat(resolve("{a,b}")).containsExactly(PathPattern.of("src/\\{a,b\\}/"), PathPattern.of("src/{a,b}"));
        for (String noPattern : List.of("[id", "{x", "a[]", "!not")) {
            assertThatIllegalArgumentException().isThrownBy(() -> resolve(noPattern));
            Files.createFile(src.resolve(noPattern));
            assertThat(resolve(noPattern)).singleElement().satisfies(p -> assertThat(
                            p.matches(RepoPath.of("src/" + noPattern)))
                    .isTrue());
        }
    }

    @Test
    void aFileNamedLikeAWildcardNarrowsNothing() throws IOException {
        Files.createFile(src.resolve("**"));
        Files.createFile(src.resolve("*"));
        assertThat(resolve("**")).contains(PathPattern.of("src/**"));
        assertThat(resolve("*")).contains(PathPattern.of("src/*"));
    }

    @Test
    void theWorkspacesCasePolicyIsUsed() throws IOException {
        assertThat(folded("Auth/README.md")).containsExactly(PathPattern.of("src/auth/readme.md"));
        assertThat(folded("Auth/*.MD")).containsExactly(PathPattern.of("src/auth/*.md"));
        Files.createDirectory(src.resolve("Upper"));
        assertThat(folded("Upper")).containsExactly(PathPattern.of("src/upper/"));
    }

    @Test
    void namesWithWildcardsOnTheWayAreEscaped() throws IOException {
        Path odd = Files.createDirectories(src.resolve("[a]/{b}"));
        assertThat(Tree.open(root).resolvePattern("*.js", odd, CasePolicy.SENSITIVE))
                .containsExactly(PathPattern.of("src/\\[a]/\\{b\\}/*.js"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../*",
                "../../outside/*",
                "../..",
                "../../outside/",
                "/etc/*",
                "/*",
                "auth/../../../**",
            })
    void whatLiesOutsideIsRefused(String text) {
        assertRefused(text, "is outside the tree " + root);
    }

    @Test
    void aLinkOutOfTheTreeIsRefused() throws IOException {
        Files.createSymbolicLink(src.resolve("out"), outside);
        Files.createSymbolicLink(src.resolve("to-secret"), outside.resolve("secret"));
        for (String text : List.of("out", "out/", "out/*", "out/secret", "to-secret")) {
            assertRefused(text, "is outside the tree " + root);
        }
    }

    @Test
    void aWayThatLeadsNowhereOrThroughAFileIsRefused() throws Exception {
        Files.createSymbolicLink(src.resolve("dangling"), Path.of("nowhere"));
        SpecialFiles.fifo(src.resolve("fifo"));
        assertRefused("dangling", "which leads nowhere");
        assertRefused("dangling/*", "which leads nowhere");
        assertRefused("auth/login.js/*", "is not a directory");
        assertRefused("auth/login.js/", "is not a directory");
        assertRefused("fifo", "is a FIFO, socket or device");
    }

    @ParameterizedTest
    @ValueSource(strings = {".git/*", ".git", ".bumba/", "auth/.GIT/hooks/*", "../.bumba/workspace"})
    void metadataIsRefused(String text) {
        assertRefused(text, "which belongs to a program");
    }

    @Test
    void aTreeInsideIsRefused() throws IOException {
        Path inner = Files.createDirectories(src.resolve("worktrees/one"));
        assertThat(resolve("worktrees/one")).containsExactly(PathPattern.of("src/worktrees/one/"));
        Tree.init(inner, "shop", "c1");
        for (String text : List.of("worktrees/one", "worktrees/one/*", "worktrees/one/a/b")) {
            assertRefused(text, "belongs to the tree " + inner + " inside this one");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\\b", "a\\", "!a", "*/../x", "[z-a]", "{a}", "x}{", "\u001b[2J*", "a\u202eb"})
    void whatIsNoPatternIsRefusedByNameAndInPrintableWords(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> resolve(text)).satisfies(e -> assertThat(
                        String.valueOf(e.getMessage()).codePoints())
                .allMatch(Printable::isPrintable));
    }

    private List<PathPattern> resolve(String text) {
        return Tree.open(root).resolvePattern(text, src, CasePolicy.SENSITIVE);
    }

    private List<PathPattern> folded(String text) {
        return Tree.open(root).resolvePattern(text, src, CasePolicy.FOLDED);
    }

    private void assertRefused(String text, String rule) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolve(text))
                .withMessageContaining("'" + Printable.of(text))
                .withMessageContaining(rule)
                .withMessageContaining("; ");
    }
}

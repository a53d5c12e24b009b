package io.bumba.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bumba.path.CasePolicy;
import io.bumba.path.Printable;
import io.bumba.path.RepoPath;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

// faults 65, 79, 80, 81, 82
class TreeResolveTest {
    private Path directory = Path.of("");
    private Path outside = Path.of("");
    private Path root = Path.of("");
    private Path src = Path.of("");

    /** {@code outside/secret} and {@code project/src/auth/login.js}. */
    @BeforeEach
    void project(@TempDir Path temporary) throws IOException {
        directory = temporary.toRealPath();
        outside = Files.createDirectory(directory.resolve("outside"));
        Files.createFile(outside.resolve("secret"));
        root = Files.createDirectory(directory.resolve("project"));
        src = Files.createDirectory(root.resolve("src"));
        Files.createDirectory(src.resolve("auth"));
        Files.createFile(src.resolve("auth/login.js"));
        Tree.init(root, "shop", "c1");
    }

    @ParameterizedTest
    @CsvSource({
        "auth/login.js, src/auth/login.js",
        "./auth//login.js, src/auth/login.js",
        "auth/../auth/./login.js, src/auth/login.js",
        "../src/auth/login.js, src/auth/login.js",
        "../../project/src/auth/login.js, src/auth/login.js",
        "auth/login.js/., src/auth/login.js",
        "new.js, src/new.js",
        "no/such/dir/new.js, src/no/such/dir/new.js",
        "no/such/../new.js, src/no/new.js",
        "no/../auth/login.js, src/auth/login.js",
        "../top.txt, top.txt",
        ".gitignore, src/.gitignore",
        "git, src/git",
        "a.git, src/a.git",
        "%2e%2e%2fx, src/%2e%2e%2fx",
        "CON, src/CON",
    })
    void aRelativePathIsReadFromTheWorkingDirectory(String text, String expected) {
        assertThat(resolve(text)).hasToString(expected);
        assertThat(resolve(src + "/" + text)).hasToString(expected);
    }

    @Test
    void anAbsolutePathDoesNotLookAtTheWorkingDirectory() {
        assertThat(tree().resolve(root + "/src/auth/login.js", outside, CasePolicy.SENSITIVE))
                .hasToString("src/auth/login.js");
    }

    @Test
    void theWorkspacesCasePolicyIsUsed() {
        assertThat(tree().resolve("Auth/README.md", src, CasePolicy.FOLDED)).hasToString("src/auth/readme.md");
        assertThat(resolve("Auth/README.md")).hasToString("src/Auth/README.md");
    }

    @Test
    void aFileWhoseNameIsDecomposedOnTheDiskHasTheComposedName() throws IOException {
        Files.createFile(src.resolve("cafe\u0301"));
        assertThat(resolve("cafe\u0301")).isEqualTo(resolve("caf\u00e9")).hasToString("src/caf\u00e9");
    }

    @Test
    void everyWayThroughLinkedDirectoriesLeadsToTheSamePath() throws IOException {
        Files.createSymbolicLink(root.resolve("to-auth"), Path.of("src/auth"));
        Files.createSymbolicLink(src.resolve("up"), root);
        Files.createSymbolicLink(outside.resolve("in"), src);
        Files.createSymbolicLink(directory.resolve("project-link"), root);
        Path workingDirectory = root.resolve("to-auth");
        RepoPath expected = RepoPath.of("src/auth/login.js");
        assertThat(Stream.of(
                        "../to-auth/login.js",
                        "up/to-auth/login.js",
                        "up/src/up/src/auth/login.js",
                        outside + "/in/auth/login.js",
                        directory + "/project-link/to-auth/login.js",
                        "../../outside/in/auth/login.js"))
                .allSatisfy(text -> assertThat(resolve(text)).isEqualTo(expected));
        assertThat(tree().resolve("login.js", workingDirectory, CasePolicy.SENSITIVE))
                .isEqualTo(expected);
        assertThat(resolve("../to-auth/not/yet.js")).hasToString("src/auth/not/yet.js");
    }

    @Test
    void theParentOfALinkedDirectoryIsThatOfTheRealOne() throws IOException {
        Files.createSymbolicLink(root.resolve("to-auth"), Path.of("src/auth"));
        assertThat(resolve("../to-auth/../main.js")).hasToString("src/main.js");
    }

    @Test
    void aLinkOutOfTheTreeIsRefused() throws IOException {
        Files.createSymbolicLink(src.resolve("out"), outside);
        Files.createSymbolicLink(src.resolve("out-again"), Path.of("out"));
        assertRefused("out/secret", "is outside the tree " + root);
        assertRefused("out/new", "is outside the tree");
        assertRefused("out-again/secret", "is outside the tree");
        assertRefused("out/../project/../outside/secret", "is outside the tree");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../x",
                "../../outside/secret",
                "auth/../../../x",
                "../../../../../../../../etc/passwd",
                "/etc/passwd",
                "/",
                "//x",
                "/.."
            })
    void whatLiesOutsideIsRefused(String text) {
        assertRefused(text.endsWith("/") ? text + "etc" : text, "is outside the tree " + root);
    }

    @Test
    void aDirectoryBesideTheRootWithALongerNameIsOutside() throws IOException {
        Path beside = Files.createDirectory(root.resolveSibling("project-2"));
        assertRefused(beside + "/x", "is outside the tree");
    }

    @Test
    void aWorkingDirectoryOutsideIsRefused() throws IOException {
        Path link = Files.createSymbolicLink(root.resolve("away"), outside);
        for (Path cwd : List.of(outside, link)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> tree().resolve("project/src/x", cwd, CasePolicy.SENSITIVE))
                    .withMessageContaining("is relative to " + cwd + ", which is outside the tree " + root);
        }
    }

    @Test
    void aLinkIsNoFileWhereverItLeads() throws IOException {
        Files.createSymbolicLink(src.resolve("to-file"), Path.of("auth/login.js"));
        Files.createSymbolicLink(src.resolve("to-dir"), Path.of("auth"));
        Files.createSymbolicLink(src.resolve("dangling"), Path.of("nowhere"));
        Files.createSymbolicLink(src.resolve("to-secret"), outside.resolve("secret"));
        Files.createSymbolicLink(src.resolve("loop"), Path.of("loop"));
        for (String link : List.of("to-file", "to-dir", "dangling", "to-secret", "loop", "to-file/.")) {
            assertRefused(link, "is a symbolic link");
        }
    }

    @Test
    void aWayThroughALinkThatLeadsNowhereIsRefused() throws IOException {
        Files.createSymbolicLink(src.resolve("dangling"), Path.of("nowhere"));
        Files.createSymbolicLink(src.resolve("loop"), Path.of("loop"));
        assertRefused("dangling/x", "goes through the symbolic link " + src + "/dangling, which leads nowhere");
        assertRefused("dangling/../x", "leads nowhere");
        assertRefused("loop/x", "leads nowhere");
    }

    @Test
    void aWayThroughAFileIsRefused() throws IOException {
        Files.createSymbolicLink(src.resolve("to-file"), Path.of("auth/login.js"));
        assertRefused("auth/login.js/x", "goes through " + src + "/auth/login.js, which is not a directory");
        assertRefused("auth/login.js/../x", "is not a directory");
        assertRefused("to-file/x", "is not a directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auth", "auth/.", ".", "..", "auth/..", "../src", "./", "auth/", "no/such/", "../."})
    void aDirectoryIsRefused(String text) {
        assertRefused(text, "a directory");
    }

    @Test
    void aFifoASocketAndADeviceAreRefusedWithoutBeingOpened() throws Exception {
        SpecialFiles.fifo(src.resolve("fifo"));
        assertRefused("fifo", "is a FIFO, socket or device");
        assertRefused("fifo/x", "is not a directory");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(src.resolve("socket")));
            assertRefused("socket", "is a FIFO, socket or device");
        }
        Path devices = Path.of("/dev").toRealPath();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FileLocator(devices, "null").locate(devices, CasePolicy.SENSITIVE))
                .withMessageContaining("is a FIFO, socket or device");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".git/config",
                ".GIT/config",
                ".Git/hooks/x",
                "sub/module/.git/config",
                "sub/.git",
                ".git",
                ".bumba/workspace",
                ".Bumba/x",
                ".bumba/new",
                "src/.bumba/x",
                "src/../.git/HEAD"
            })
    void metadataOfGitAndOfOursIsRefusedAtAnyDepthInAnyCase(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tree().resolve(text, root, CasePolicy.SENSITIVE))
                .withMessageStartingWith("path '" + text + "' lies in .")
                .withMessageContaining("which belongs to a program; ");
    }

    @Test
    void metadataIsRefusedThroughALinkToo() throws IOException {
        Files.createDirectory(root.resolve(".git"));
        Files.createSymbolicLink(src.resolve("innocent"), Path.of("../.git"));
        assertRefused("innocent/config", "lies in .git");
    }

    @Test
    void aFileOfATreeInsideIsRefusedHereAndNamedThere() throws IOException {
        Path inner = Files.createDirectories(src.resolve("worktrees/one"));
        assertThat(resolve("worktrees/one/a/b")).hasToString("src/worktrees/one/a/b");
        Tree worktree = Tree.init(inner, "shop", "c1");
        assertRefused("worktrees/one/a/b", "belongs to the tree " + inner + " inside this one");
        assertThat(worktree.resolve("a/b", inner, CasePolicy.SENSITIVE)).hasToString("a/b");
        assertThat(resolve("worktrees/two")).hasToString("src/worktrees/two");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\nb",
                "a\u0000b",
                "a\u202eb",
                "..\\x",
                "a\\b",
                "\u2025/x",
                "\ufffd",
                "\ud800",
                "no/such/\u001b[2J",
                "a\u007f/../b"
            })
    void aNameThatIsNoRepoPathIsRefusedWithItsRule(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tree().resolve(text, src, CasePolicy.SENSITIVE))
                .withMessageContaining(Printable.of(text))
                .satisfies(e ->
                        assertThat(String.valueOf(e.getMessage()).codePoints()).allMatch(Printable::isPrintable));
    }

    @Test
    void aNameTooLongIsRefusedBeforeTheSystemIsAsked() {
        assertThat(resolve("a".repeat(255))).hasToString("src/" + "a".repeat(255));
        assertRefused("a".repeat(256), "a segment has 256 bytes");
        assertRefused(("a".repeat(250) + "/").repeat(5) + "b", "is too long");
        assertRefused("a/../".repeat(1_000) + "b", "has more than 4096 characters");
        assertRefused("", "is empty");
    }

    @Test
    void aDirectoryWhoseNameIsNotUtf8IsRefused() throws Exception {
        SpecialFiles.directoryNamedByByte0xff(src);
        try (Stream<Path> children = Files.list(src)) {
            Path odd = children.filter(p -> !p.endsWith("auth")).findFirst().orElseThrow();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> tree().resolve("x", odd, CasePolicy.SENSITIVE))
                    .withMessageContaining("bytes that are not UTF-8");
        }
    }

    private Tree tree() {
        return Tree.open(root);
    }

    private RepoPath resolve(String text) {
        return tree().resolve(text, src, CasePolicy.SENSITIVE);
    }

    private void assertRefused(String text, String rule) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolve(text))
                .withMessageContaining("'" + Printable.of(text))
                .withMessageContaining(rule)
                .withMessageContaining("; ");
    }
}

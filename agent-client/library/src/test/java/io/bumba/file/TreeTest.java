package io.bumba.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.bumba.BumbaException;
import io.bumba.BumbaException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TreeTest {
    private static final String ID = "0123456789abcdef";

    private Path root = Path.of("");

    @BeforeEach
    void realDirectory(@TempDir Path directory) throws IOException {
        root = Files.createDirectory(directory.toRealPath().resolve("project"));
    }

    @Test
    void aBoundDirectoryIsFoundFromAnywhereInside() throws IOException {
        Tree made = Tree.init(root, "shop", "c1");
        Path deep = Files.createDirectories(root.resolve("src/auth"));
        Path file = Files.createFile(deep.resolve("login.js"));
        for (Path start : List.of(root, deep, file)) {
            Tree found = Tree.open(start);
            assertThat(found.root()).isEqualTo(root);
            assertThat(found.workspace()).isEqualTo("shop");
            assertThat(found.clusterId()).isEqualTo("c1");
            assertThat(found.treeId()).isEqualTo(made.treeId()).matches("[0-9a-f]{16}");
        }
    }

    @Test
    void theBindingIsReadableJsonInADirectoryOfItsOwnerThatGitIgnores() throws IOException {
        Tree tree = Tree.init(root, "shop", "c1");
        assertThat(root.resolve(".bumba/workspace"))
                .hasContent(
                        "{\"v\":1,\"workspace\":\"shop\",\"treeId\":\"" + tree.treeId() + "\",\"clusterId\":\"c1\"}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(".bumba"))))
                .isEqualTo("rwx------");
        assertThat(root.resolve(".bumba/.gitignore")).hasContent("*");
        assertThat(namesIn(root.resolve(".bumba"))).containsExactlyInAnyOrder("workspace", ".gitignore");
    }

    @Test
    void bindingAgainKeepsTheTreeAndWhatTheUserChanged() throws IOException {
        Tree first = Tree.init(root, "shop", "c1");
        Files.writeString(root.resolve(".bumba/.gitignore"), "*\n# mine\n");
        Tree second = Tree.init(root, "shop", "c1");
        assertThat(second.treeId()).isEqualTo(first.treeId());
        assertThat(root.resolve(".bumba/.gitignore")).hasContent("*\n# mine");
        assertThat(namesIn(root.resolve(".bumba"))).hasSize(2);
    }

    @Test
    void everyTreeHasItsOwnId() throws IOException {
        Path other = Files.createDirectory(root.resolveSibling("other"));
        assertThat(Tree.init(other, "shop", "c1").treeId())
                .isNotEqualTo(Tree.init(root, "shop", "c1").treeId());
    }

    @Test
    void aStateDirectoryThatIsNotYetBoundIsCompleted() throws IOException {
        Files.createDirectory(root.resolve(".bumba"));
        Files.writeString(root.resolve(".bumba/workspace.killed.tmp"), "{\"v\":1,");
        assertThatIllegalStateException().isThrownBy(() -> Tree.open(root));
        assertThat(Tree.open(Tree.init(root, "shop", "c1").root()).workspace()).isEqualTo("shop");
    }

    @ParameterizedTest
    @CsvSource({"shop, c2", "store, c1", "store, c2"})
    void aTreeBoundElsewhereIsRefusedNamingBoth(String workspace, String cluster) {
        String treeId = Tree.init(root, "shop", "c1").treeId();
        assertRefused(
                Code.WRONG_CLUSTER,
                () -> Tree.init(root, workspace, cluster),
                "workspace 'shop' of cluster 'c1', not to workspace '" + workspace + "' of cluster '" + cluster + "'",
                root.toString());
        assertThat(Tree.open(root).treeId()).isEqualTo(treeId);
    }

    @Test
    void theWrongClusterIsRefusedAndTheRightOnePasses() {
        Tree tree = Tree.init(root, "shop", "c1");
        tree.requireCluster("c1");
        assertRefused(
                Code.WRONG_CLUSTER, () -> tree.requireCluster("c2"), "'c1'", "'c2'", "two lock worlds", "connect to");
    }

    @Test
    void concurrentBindingsEndWithOne() throws Exception {
        int threads = 16;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 20; round++) {
                Path shared = Files.createDirectory(root.resolve("round" + round));
                List<Tree> trees = together(executor, threads, shared);
                assertThat(trees)
                        .extracting(Tree::treeId)
                        .containsOnly(Tree.open(shared).treeId());
                assertThat(namesIn(shared.resolve(".bumba"))).containsExactlyInAnyOrder("workspace", ".gitignore");
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static List<Tree> together(ExecutorService executor, int threads, Path shared)
            throws InterruptedException, ExecutionException {
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Future<Tree>> futures = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            futures.add(executor.submit(() -> {
                start.await();
                return Tree.init(shared, "shop", "c1");
            }));
        }
        List<Tree> trees = new ArrayList<>();
        for (Future<Tree> future : futures) {
            trees.add(future.get());
        }
        return trees;
    }

    @Test
    void anUnboundDirectoryIsRefusedWithTheNextStep() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Tree.open(root))
                .withMessageContaining(root.toString())
                .withMessageContaining("bumba init");
    }

    @Test
    void theInnermostTreeIsFound() throws IOException {
        Tree.init(root, "outer", "c1");
        Path between = Files.createDirectory(root.resolve("worktrees"));
        Path inner = Files.createDirectory(between.resolve("one"));
        Tree.init(inner, "inner", "c1");
        assertThat(Tree.open(inner).workspace()).isEqualTo("inner");
        assertThat(Tree.open(between).workspace()).isEqualTo("outer");
    }

    @Test
    void aRootReachedThroughALinkIsTheSameTree() throws IOException {
        Path link = Files.createSymbolicLink(root.resolveSibling("link"), root);
        Tree tree = Tree.init(link, "shop", "c1");
        assertThat(tree.root()).isEqualTo(root);
        assertThat(Tree.open(link).treeId()).isEqualTo(Tree.open(root).treeId());
    }

    @Test
    void aFileOrAMissingDirectoryCannotBeBound() throws IOException {
        Path file = Files.createFile(root.resolve("file"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tree.init(file, "shop", "c1"))
                .withMessageContaining("is not a directory");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tree.init(root.resolve("missing"), "shop", "c1"))
                .withMessageContaining("cannot be found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "a\n"})
    void aMalformedNameIsRefusedBeforeAnythingIsWritten(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tree.init(root, name, "c1"))
                .withMessageContaining("workspace '");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tree.init(root, "shop", name))
                .withMessageContaining("clusterId '");
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void aStateDirectoryThatIsALinkOrAFileIsRefused() throws IOException {
        Path elsewhere = Files.createDirectory(root.resolveSibling("elsewhere"));
        Path state = Files.createSymbolicLink(root.resolve(".bumba"), elsewhere);
        assertRefused(Code.UNSUPPORTED, () -> Tree.init(root, "shop", "c1"), state.toString(), "is not a directory");
        assertRefused(Code.UNSUPPORTED, () -> Tree.open(root), state.toString(), "is not a directory");
        assertThat(elsewhere).isEmptyDirectory();
        Files.delete(state);
        Files.createFile(state);
        assertRefused(Code.UNSUPPORTED, () -> Tree.init(root, "shop", "c1"), state.toString(), "is not a directory");
    }

    @Test
    void aBindingThatIsALinkIsRefused() throws IOException {
        Path other = Files.writeString(root.resolve("other"), json("1", "shop", ID, "c1"));
        Path file = Files.createDirectory(root.resolve(".bumba")).resolve("workspace");
        Files.createSymbolicLink(file, other);
        assertRefused(Code.UNSUPPORTED, () -> Tree.open(root), file.toString(), "is not a regular file");
        assertRefused(Code.UNSUPPORTED, () -> Tree.init(root, "shop", "c1"), file.toString());
    }

    @Test
    void aFifoInThePlaceOfTheBindingDoesNotHang() throws Exception {
        Path file = Files.createDirectory(root.resolve(".bumba")).resolve("workspace");
        SpecialFiles.fifo(file);
        assertRefused(Code.UNSUPPORTED, () -> Tree.open(root), file.toString(), "is not a regular file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "0", "-1", "4294967297"})
    void anUnknownVersionIsRefused(String version) throws IOException {
        Path file = write(json(version, "shop", ID, "c1"));
        assertRefused(
                Code.UNSUPPORTED,
                () -> Tree.open(root),
                file.toString(),
                "has version " + version + ", this program reads version 1; use the bumba that wrote it");
    }

    @Test
    void fieldsThatAreNotKnownAreIgnored() throws IOException {
        write("{\"v\":1,\"new\":[{}],\"workspace\":\"shop\",\"treeId\":\"" + ID + "\",\"clusterId\":\"c1\"}");
        assertThat(Tree.open(root).treeId()).isEqualTo(ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "1",
                "{",
                "{\"v\":1",
                "not json \u202e",
                "{}",
                "{\"v\":\"1\",\"workspace\":\"shop\",\"treeId\":\"0123456789abcdef\",\"clusterId\":\"c1\"}",
                "{\"v\":1.0,\"workspace\":\"shop\",\"treeId\":\"0123456789abcdef\",\"clusterId\":\"c1\"}",
                "{\"v\":1,\"workspace\":\"shop\",\"treeId\":\"0123456789abcdef\"}",
                "{\"v\":1,\"workspace\":null,\"treeId\":\"0123456789abcdef\",\"clusterId\":\"c1\"}",
                "{\"v\":1,\"workspace\":7,\"treeId\":\"0123456789abcdef\",\"clusterId\":\"c1\"}",
                "{\"v\":1,\"workspace\":\"a/b\",\"treeId\":\"0123456789abcdef\",\"clusterId\":\"c1\"}",
                "{\"v\":1,\"workspace\":\"shop\",\"treeId\":\"0123456789ABCDEF\",\"clusterId\":\"c1\"}",
                "{\"v\":1,\"workspace\":\"shop\",\"treeId\":\"123\",\"clusterId\":\"c1\"}",
                "{\"v\":1,\"workspace\":\"shop\",\"treeId\":\"0123456789abcdef\",\"clusterId\":\"c1\"} {}",
                "{\"v\":1,\"workspace\":\"shop\",\"workspace\":\"b\",\"treeId\":\"0123456789abcdef\",\"clusterId\":\"c1\"}"
            })
    void aMalformedBindingIsRefusedAndNotReplaced(String content) throws IOException {
        Path file = write(content);
        assertRefused(Code.UNSUPPORTED, () -> Tree.open(root), file + " is no binding of a tree", "bumba init");
        assertRefused(Code.UNSUPPORTED, () -> Tree.init(root, "shop", "c1"), file + " is no binding of a tree");
        assertThat(Files.readString(file)).isEqualTo(content);
    }

    @Test
    void aBindingThatIsTooLargeIsRefused() throws IOException {
        String json = json("1", "shop", ID, "c1");
        write(json + " ".repeat(4_096 - json.length()));
        assertThat(Tree.open(root).workspace()).isEqualTo("shop");
        Path file = write(json + " ".repeat(4_097 - json.length()));
        assertRefused(Code.UNSUPPORTED, () -> Tree.open(root), file.toString(), "more than 4096 bytes");
    }

    private Path write(String content) throws IOException {
        Files.createDirectories(root.resolve(".bumba"));
        return Files.writeString(root.resolve(".bumba/workspace"), content);
    }

    private static String json(String version, String workspace, String treeId, String clusterId) {
        return "{\"v\":%s,\"workspace\":\"%s\",\"treeId\":\"%s\",\"clusterId\":\"%s\"}"
                .formatted(version, workspace, treeId, clusterId);
    }

    private static List<String> namesIn(Path dir) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    private static void assertRefused(Code code, ThrowingCallable call, String... parts) {
        assertThatExceptionOfType(BumbaException.class).isThrownBy(call).satisfies(e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.getMessage()).contains(parts).doesNotContain("\n", "\u202e");
        });
    }
}

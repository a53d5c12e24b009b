package io.bumba.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

// faults 79, 80
class RepoPathTest {
    private static final String E_COMPOSED = "caf\u00e9";
    private static final String E_DECOMPOSED = "cafe\u0301";

    @ParameterizedTest
    @CsvSource({
        "a, a",
        "./a, a",
        "././a, a",
        ".//a, a",
        "a/b, a/b",
        "a//b, a/b",
        "a///b, a/b",
        "a/./b, a/b",
        "a/., a",
        "a/b/.., a",
        "a/../b, b",
        "a/b/../../c, c",
        "a/../b/../c/./d, c/d",
        ".gitignore, .gitignore",
        "..., ...",
        "..a, ..a",
        "a.., a..",
    })
    void everySpellingOfANameIsOneValue(String spelling, String canonical) {
        assertThat(RepoPath.of(spelling).value()).isEqualTo(canonical);
        assertThat(new RepoPath(spelling)).isEqualTo(RepoPath.of(canonical)).hasSameHashCodeAs(RepoPath.of(canonical));
        assertThat(RepoPath.of(spelling, CasePolicy.FOLDED)).isEqualTo(RepoPath.of(canonical, CasePolicy.FOLDED));
    }

    @Test
    void composedAndDecomposedCharactersAreTheSameFile() {
        assertThat(E_COMPOSED).isNotEqualTo(E_DECOMPOSED);
        assertThat(RepoPath.of(E_DECOMPOSED)).isEqualTo(RepoPath.of(E_COMPOSED)).hasToString(E_COMPOSED);
    }

    @ParameterizedTest
    @CsvSource({"A, a", "SRC/Main.java, src/main.JAVA", "CAFE\u0301, caf\u00e9", "\u00c4, a\u0308", "\u0130x, I\u0307X"
    })
    void onlyFoldingJoinsUpperAndLowerCase(String one, String other) {
        assertThat(RepoPath.of(one, CasePolicy.FOLDED)).isEqualTo(RepoPath.of(other, CasePolicy.FOLDED));
        assertThat(RepoPath.of(one, CasePolicy.FOLDED).value())
                .isEqualTo(
                        RepoPath.of(RepoPath.of(one).value(), CasePolicy.FOLDED).value());
    }

    @ParameterizedTest
    @CsvSource({"A, a", "SRC/Main.java, src/main.JAVA"})
    void upperAndLowerCaseAreTwoFilesByDefault(String one, String other) {
        assertThat(RepoPath.of(one)).isNotEqualTo(RepoPath.of(other));
        assertThat(RepoPath.of(one, CasePolicy.SENSITIVE)).isEqualTo(RepoPath.of(one));
    }

    @ParameterizedTest
    @CsvSource({"stra\u00dfe, STRASSE", "\u0131, I", "\u03b1\u03c2, \u0391\u03c3"})
    void foldingIsLowerCaseOnlyAsDocumented(String one, String other) {
        assertThat(RepoPath.of(one, CasePolicy.FOLDED)).isNotEqualTo(RepoPath.of(other, CasePolicy.FOLDED));
    }

    @Test
    void namesThatOtherSystemsWouldConfuseAreDistinctFiles() {
        List<String> names = List.of(
                "a",
                "a.",
                "a ",
                " a",
                "a..",
                "CON",
                "con",
                "NUL.txt",
                "%2e",
                "%2e%2e%2fx",
                "%252e%252e",
                "a:b",
                "~",
                "-",
                "*",
                "a@lock",
                "\u00a0a",
                "\u0430",
                "\uff21",
                "\uff0fa",
                "\u2026",
                "a\u2025b",
                "\ud83d\ude00",
                "\u2764\ufe0f");
        for (String name : names) {
            assertThat(RepoPath.of(name).value()).isEqualTo(name);
        }
        assertThat(names.stream().map(RepoPath::of).distinct()).hasSameSizeAs(names);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                "../x",
                "../../etc/passwd",
                "a/../..",
                "a/../../x",
                "./../x",
                "a/b/../../../c",
                "..//x",
                "a/..//../x/a"
            })
    void aPathThatLeavesTheRootIsRefused(String text) {
        assertRefused(text, "leaves the root of the tree");
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "a/..", "./.", "a/b/../.."})
    void theRootIsNoFile(String text) {
        assertRefused(text, "is the root of the tree, not a file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/etc/passwd", "//a", "/.."})
    void anAbsolutePathIsRefused(String text) {
        assertRefused(text, "is absolute");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/", "a//", "./", "../", "a/./", "src/auth/"})
    void aTrailingSlashMeansADirectoryAndIsRefused(String text) {
        assertRefused(text, "is a directory, not a file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\", "..\\x", "a\\b", "C:\\x", "\\\\server\\share"})
    void aBackslashIsRefused(String text) {
        assertRefused(text, "contains a backslash");
    }

    @Test
    void theEmptyPathIsRefused() {
        assertRefused("", "is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u2024", "\u2025", "a/\u2025/b", "\uff0e\uff0e", "\ufe52.", ".\u2024"})
    void aSegmentThatOnlyLooksLikeDotsIsRefused(String text) {
        assertRefused(text, "has a segment that only looks like");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0x00, 0x01, 0x09, 0x0A, 0x0D, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9B, 0x9F, // control
                0x2028, 0x2029, // break the line
                0xAD, 0x061C, 0x200B, 0x200D, 0x200E, 0x202A, 0x202E, 0x2066, 0x2069, 0xFEFF, 0xE0041, // format
                0x0378, 0xFDD0, 0xFFFE, 0xFFFF, 0x10FFFF, // no characters
                0xD800, 0xDBFF, 0xDC00, 0xDFFF, // unpaired
                0xFFFD
            })
    void aCharacterThatMakesALogLineLieIsRefusedWithItsNumber(int codePoint) {
        String character = Character.toString(codePoint);
        for (String text : List.of(character, "a/b" + character, character + "a", "a" + character + "/../b")) {
            assertRefused(text, "contains U+%04X, ".formatted(codePoint));
        }
    }

    @Test
    void everyControlCharacterIsRefused() {
        IntStream.concat(IntStream.rangeClosed(0, 0x1F), IntStream.rangeClosed(0x7F, 0x9F))
                .forEach(c -> assertRefused("a" + (char) c, "a control character"));
    }

    @Test
    void aSurrogatePairInTheWrongOrderIsRefused() {
        assertRefused("\ude00\ud83d", "half of a surrogate pair");
    }

    @Test
    void aSegmentHasAtMost255BytesOfUtf8() {
        assertThat(RepoPath.of("a".repeat(255)).name()).hasSize(255);
        assertThat(RepoPath.of("\u00e9".repeat(127) + "x").name()).hasSize(128);
        assertRefused("a".repeat(256), "a segment has 256 bytes in UTF-8, the limit is 255");
        assertRefused("x/" + "\u00e9".repeat(128), "a segment has 256 bytes");
        assertRefused("\ud83d\ude00".repeat(64), "a segment has 256 bytes");
    }

    @Test
    void aPathHasAtMost1024BytesOfUtf8() {
        String longest = ("a".repeat(204) + "/").repeat(4) + "b".repeat(204);
        assertThat(longest).hasSize(1_024);
        assertThat(RepoPath.of(longest)).hasToString(longest);
        assertRefused(longest + "b", "has 1025 bytes in UTF-8, the limit is 1024");
    }

    @Test
    void theLimitsAreThoseOfTheCanonicalForm() {
        assertThat(RepoPath.of("a/../".repeat(800) + "b")).hasToString("b");
        assertThat(RepoPath.of("e\u0301".repeat(127)).name()).hasSize(127);
        assertRefused("a/../".repeat(1_000) + "b", "has more than 4096 characters");
        // U+0130 has two bytes, its lower case three.
        assertThat(RepoPath.of("\u0130".repeat(127)).name()).hasSize(127);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RepoPath.of("\u0130".repeat(127), CasePolicy.FOLDED))
                .withMessageContaining("a segment has 381 bytes");
    }

    @Test
    void aRefusalShowsTheTextOnOneLineOfPlainCharacters() {
        String text = "evil\n\u202etxt\u001b[2J\ud800".repeat(500);
        assertThatIllegalArgumentException().isThrownBy(() -> RepoPath.of(text)).satisfies(e -> {
            assertThat(e.getMessage()).contains("evil<U+000A><U+202E>txt<U+001B>[2J<U+D800>", "...'", ";");
            assertThat(String.valueOf(e.getMessage()).codePoints()).allMatch(Printable::isPrintable);
            assertThat(e.getMessage()).hasSizeLessThan(2_000);
        });
    }

    @Test
    void aPathKnowsItsSegmentsNameAndParent() {
        RepoPath path = RepoPath.of("src/auth/login.js");
        assertThat(path.segments()).containsExactly("src", "auth", "login.js");
        assertThat(path.name()).isEqualTo("login.js");
        assertThat(path.parent()).contains(RepoPath.of("src/auth"));
        assertThat(RepoPath.of("a").parent()).isEmpty();
        assertThat(RepoPath.of("a").name()).isEqualTo("a");
        assertThat(RepoPath.of("a").segments()).containsExactly("a");
    }

    @Test
    void aPathStartsWithDirectoriesByWholeSegments() {
        RepoPath path = RepoPath.of("src/auth/login.js");
        assertThat(path.startsWith(RepoPath.of("src"))).isTrue();
        assertThat(path.startsWith(RepoPath.of("src/auth"))).isTrue();
        assertThat(path.startsWith(path)).isTrue();
        assertThat(path.startsWith(RepoPath.of("src/au"))).isFalse();
        assertThat(path.startsWith(RepoPath.of("auth"))).isFalse();
        assertThat(RepoPath.of("src").startsWith(path)).isFalse();
    }

    @Test
    void theOrderIsThatOfTheBytesInUtf8() {
        RepoPath beyondBmp = RepoPath.of("\ud83d\ude00");
        RepoPath privateUse = RepoPath.of("\ue000");
        assertThat(beyondBmp).isGreaterThan(privateUse);
        assertThat(beyondBmp.value()).isLessThan(privateUse.value());
        assertThat(List.of("b", "a/b", "a", "a.b", "\u00e9", "B").stream()
                        .map(RepoPath::of)
                        .sorted())
                .extracting(RepoPath::value)
                .containsExactly("B", "a", "a.b", "a/b", "b", "\u00e9");
    }

    @Test
    void jsonIsThePlainTextAndIsCheckedWhenRead() throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper();
        assertThat(json.writeValueAsString(RepoPath.of("a//b"))).isEqualTo("\"a/b\"");
        assertThat(json.readValue("\"./a/b\"", RepoPath.class)).isEqualTo(RepoPath.of("a/b"));
        assertThatExceptionOfType(JsonProcessingException.class)
                .isThrownBy(() -> json.readValue("\"../a\"", RepoPath.class))
                .withMessageContaining("leaves the root of the tree");
    }

    @Test
    void canonicalFormIsAFixedPointWithoutEmptyOrDottedSegments() {
        Random random = new Random(20_260_101);
        int accepted = 0;
        for (int i = 0; i < 50_000; i++) {
            String text = anyText(random);
            for (CasePolicy policy : CasePolicy.values()) {
                accepted += isCanonicalOrRefused(text, policy) ? 1 : 0;
            }
        }
        assertThat(accepted).isBetween(10_000, 90_000);
    }

    /** Whether it was accepted; then the result is canonical. Nothing but the documented exception comes out. */
    private static boolean isCanonicalOrRefused(String text, CasePolicy policy) {
        RepoPath path;
        try {
            path = RepoPath.of(text, policy);
        } catch (IllegalArgumentException e) {
            assertThat(String.valueOf(e.getMessage()).codePoints()).allMatch(Printable::isPrintable);
            return false;
        }
        assertThat(RepoPath.of(path.value(), policy)).isEqualTo(path);
        assertThat(RepoPath.of(path.value())).isEqualTo(path);
        assertThat(path.segments()).isNotEmpty().doesNotContain("", ".", "..");
        assertThat(String.join("/", path.segments())).isEqualTo(path.value());
        assertThat(path.value().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(RepoPath.MAX_BYTES);
        path.parent().ifPresent(dir -> assertThat(path.startsWith(dir)).isTrue());
        return true;
    }

    private static String anyText(Random random) {
        String[] pieces = {
            "/",
            "/",
            ".",
            "..",
            "/../",
            "a",
            "B",
            "e",
            "E",
            "\u0301",
            "\u0307",
            "\u0323",
            "\u00e9",
            "\u0130",
            "I",
            "\u03a3",
            "\u212b",
            "\u1e9e",
            "\uac00",
            "\u1100",
            "\u1161",
            "\ufb03",
            "\u2025",
            "\ud83d\ude00",
            " ",
            "%2e",
            "x".repeat(90)
        };
        String known = IntStream.range(0, 1 + random.nextInt(8))
                .mapToObj(i -> pieces[random.nextInt(pieces.length)])
                .collect(Collectors.joining());
        return random.nextInt(4) > 0 ? known : known + Character.toString(random.nextInt(0x110000));
    }

    private static void assertRefused(String text, String rule) {
        for (CasePolicy policy : CasePolicy.values()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RepoPath.of(text, policy))
                    .withMessageStartingWith("path '" + Printable.of(text) + "' ")
                    .withMessageContaining(rule)
                    .withMessageContaining("; ");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new RepoPath(text));
    }
}

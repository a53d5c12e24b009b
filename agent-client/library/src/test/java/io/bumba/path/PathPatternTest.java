package io.bumba.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.text.Normalizer;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternTest {
    private static final List<String> PIECES = List.of(
            "/",
            "/",
            "a",
            "B",
            ".",
            "..",
            "*",
            "**",
            "/**/",
            "?",
            "[a-c]",
            "[!A-Z]",
            "[^x]",
            "[]x]",
            "[a-]",
            "{a,b}",
            "{a,{b/,*}}",
            "{,x}",
            "{",
            "}",
            ",",
            "[",
            "]",
            "\\*",
            "\\{",
            "\\,",
            "\\",
            "!",
            "-",
            "e",
            "\u0301",
            "\u00e9",
            "\u03a3",
            "\u0130",
            "[\u0100-\u017f]",
            "\u2025",
            "\ud83d\ude00",
            "#",
            " ");

    @ParameterizedTest
    @CsvSource({
        "src/auth, src/auth",
        "src/auth, src/auth/x.js",
        "src/auth, src/auth/deep/er/x.js",
        "src/auth/, src/auth/x.js",
        "src/auth/, src/auth/deep/x.js",
        "src/auth/**, src/auth/x.js",
        "**, a",
        "**, .env",
        "**, .a/.b/c",
        "*, .env",
        "**/x, x",
        "**/x, a/b/x",
        "**/node_modules, web/node_modules/a/b.js",
        "a/**/b, a/b",
        "a/**/b, a/x/y/b",
        "src/*.js, src/a.js",
        "src/*.js, src/.js",
        "src/*, src/.hidden",
        "src/**/*.js, src/a.js",
        "src/**/*.js, src/x/y/.a.js",
        "a?, ab",
        "a?, a\u00e9",
        "a?, a\ud83d\ude00",
        "[a-c]x, bx",
        "[!a-c]x, dx",
        "[^a-c]x, dx",
        "[]x], ]",
        "[a-], -",
        "[!!], a",
        "a**b, axxb",
        "'{a,b}/c', b/c",
        "'src/{a,b/c}/*.js', src/b/c/x.js",
        "'{a,{b,c}}', c",
        "'a{,b}', a",
        "'a{,b}', ab",
        "\\*, *",
        "\\[a], [a]",
        "'\\{a,b\\}', '{a,b}'",
        "\\!a, !a",
        "./a, a",
        "a//b, a/b",
        "b/../a, a",
        "caf\u00e9, cafe\u0301",
        "*.md, README.md",
        "src/a.js, src/a.js",
        ".eslintrc.json, .eslintrc.json",
        "src/v1.2/, src/v1.2/x",
        ".github, .github/workflows/a.yml",
        "Makefile, Makefile/x",
        "**/package.json, web/package.json",
        "'{a,b.c}', a/x",
        "'{a,b.c}', b.c",
        "'a{,.d}', a/x",
        "\\*.js, *.js",
        "\ud83d\ude00, \ud83d\ude00/x",
    })
    void itMatches(String pattern, String path) {
        assertThat(PathPattern.of(pattern).matches(RepoPath.of(path))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "src/auth, src/authority",
        "src/auth, src",
        "src/auth, auth",
        "src/auth/, src/auth",
        "a/**, a",
        "*, a/b",
        "*.js, src/a.js",
        "src/*.js, src/x/a.js",
        "src/*.js, src/a.js/b",
        "src/*, src/a/b",
        "a?, a",
        "a?b, a/b",
        "a*b, a/b",
        "a**b, a/b",
        "a[!x]b, a/b",
        "a[+-9]b, a/b",
        "[a-c]x, dx",
        "[!a-c]x, bx",
        "'{a,b}/c', c/c",
        "\\*, a",
        "**/x, y",
        "a/**/b, ab",
        "README.md, readme.md",
        "auth, src/auth",
        "*ab*ab*, aabx",
        "src/a.js, src/a.js/x",
        "README.md, README.md/a/b",
        ".eslintrc.json, .eslintrc.json/x",
        "v1.2, v1.2/x",
        "v1.2/, v1.2",
        "a., a./x",
        "..a, ..a/x",
        "\ud83d\ude00., \ud83d\ude00./x",
        "**/package.json, web/package.json/x",
        "'{a,b.c}', b.c/x",
        "'a{,.d}', a.d/x",
        "'{a/b,c}.d', a/b.d/x",
        "\\*.js, *.js/x",
        "a\\[.js, a[.js/x",
    })
    void itDoesNotMatch(String pattern, String path) {
        assertThat(PathPattern.of(pattern).matches(RepoPath.of(path))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "./a, a",
        "a//b/./c, a/b/c",
        "b/../a, a",
        "src/auth/, src/auth/**",
        "src/auth//, src/auth/**",
        "src/auth/.//, src/auth/**",
        "**/, **",
        "a/**/**/b, a/**/b",
        "***, **",
        "a***b, a*b",
        "[cab], [a-c]",
        "[ab], [ab]",
        "[^a], [!a]",
        "[]a], [\\]a]",
        "'{b,a}', '{a,b}'",
        "'{a,a}', a",
        "'{a,./a}', a",
        "'{q,{z,y}}', '{q,y,z}'",
        "'{q,{{a,a},z}}', '{a,q,z}'",
        "'{a,b}/', '{a,b}/**'",
        "'a\\,b', 'a,b'",
        "a\\]b, a]b",
        "\\!a, \\!a",
        "x\\!a, x!a",
        "\\#a, #a",
        "cafe\u0301, caf\u00e9",
    })
    void spellingsAreBroughtToOneText(String text, String canonical) {
        assertThat(PathPattern.of(text)).hasToString(canonical).isEqualTo(PathPattern.of(canonical));
    }

    // fault 86
    @ParameterizedTest
    @CsvSource({
        "src/**, src/a/*.java",
        "src/**, src/a.js",
        "**/X, a/**",
        "a*, *b",
        "src/auth, src/auth/login.js",
        "src/auth, src/**/login.js",
        "./a, a",
        "src/*.js, src/login.*",
        "*a*, *b*",
        "[a-m]*, [m-z]*",
        "a?c, ?b?",
        "'{a,b}/x', '{b,c}/**'",
        "**/a/**/b, c/**/b",
        "a/**/b, a/b",
        "a/*/c, a/b/*",
        ".*, *.",
        "src/auth, **/*.md",
        "src/a.js/, **/*.md",
        ".github, **/*.yml",
        "**/node_modules, **/package.json",
        "a.js, ?.js",
        "a.js, a.js",
        "src, src/a.js",
        "'{src/a.js,src/b}', **/*.md",
    })
    void theyOverlap(String one, String other) {
        assertThat(PathPattern.of(one).overlaps(PathPattern.of(other))).isTrue();
        assertThat(PathPattern.of(other).overlaps(PathPattern.of(one))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "src/**, srcs",
        "src/auth, src/authority",
        "src/*.js, src/*.ts",
        "src/*.js, src/x/**",
        "a*, b*",
        "*a, *b",
        "[a-m]*, [n-z]*",
        "[!a]*, a*",
        "a?, a??",
        "a/**, b/**",
        "*, */*",
        "'{a,b}/x', '{c,d}/**'",
        "a/**/x?, a/**/y?",
        "A, a",
        "??, .[.]*[.]",
        "*a*bc, *d",
        "*ab*ab*, aabx",
        "src/a.js, **/*.md",
        "src/a.js, src/a.js/**",
        "**/package.json, a/package.json/b.c",
        "'{src/a.js,src/b.c}', **/*.md",
        "a.js, b.js",
        "a.js, a.js/x",
        ".eslintrc.json, **/x",
    })
    void theyAreDisjoint(String one, String other) {
        assertThat(PathPattern.of(one).overlaps(PathPattern.of(other))).isFalse();
        assertThat(PathPattern.of(other).overlaps(PathPattern.of(one))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "src/**, src/a/*.java, true",
        "src, src/**, true",
        "src/**, src, false",
        "**, a, true",
        "*, a, false",
        "*, a?, true",
        "a*, a?*, true",
        "a?*, a*, false",
        "'{a*,[!a]*}', *, true",
        "'{a*,[!a]?*}', *, false",
        "'{**/*.js,**/*.ts}', src/x.?s, false",
        "'{**/*.js,**/*.ts}', src/x.[jt]s, true",
        "a/**/b, a/b, true",
        "a/**/b, a/bb, false",
        "a/**/b/**, a/b/**, true",
        "'{?,??,???*}', *, true",
        "'{.?*,[!.]*}', *, true",
        "'{.[!.],.??*,[!.]*}', *, true",
        "*a*, *a*b*a*, true",
        "*a*b*a*, *a*, false",
        "**/*.js, src/a.js, true",
        "**/*.js, src/a.js/, false",
        "src/*, src/a.js, true",
        "src/*, src/a, false",
        "src/a.js, src/a.js, true",
        "src/a.js, src/a.js/, false",
        "src/a.js/, src/a.js, false",
        "'{a.b,a.b/}', 'a.{b,b/**}', true",
        "**/package.json, '{,a/}package.json', true",
    })
    void itCoversWhatIsInsideIt(String whole, String part, boolean covers) {
        assertThat(PathPattern.of(whole).covers(PathPattern.of(part))).isEqualTo(covers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"**", "*", "**/*", "{**,a}", "{*,a}", "{a*,[!a]*}", "**/", "{?,??,???*}", "{.?*,[!.]*}"})
    void itIsOverBroadIfItMatchesEverythingAtTheTop(String text) {
        assertThat(PathPattern.of(text).isOverBroad()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a/**", "a*", "[!a]*", "*.js", "**/*.js", "*/*", "*/**", "{a*,[!a]?*}", "?", "**/x"})
    void itIsNotIfSomethingAtTheTopIsLeft(String text) {
        assertThat(PathPattern.of(text).isOverBroad()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "src/**, '', true",
        "*, '', true",
        "src/**, src, true",
        "src/**, src/a/b, true",
        "src, src/a, true",
        "src/a.js, src, true",
        "src/a.js, src/a.js, false",
        "**/a.js, src/a.js, true",
        "src/*.js, src, true",
        "src/*.js, src/a, false",
        "src/*.js, src/a.js, false",
        "src/*/x*, src/a, true",
        "*, a, false",
        "**/x, a/b/c, true",
        "a/**/x*, b, false",
        "'{a,b*}/c', bb, true",
        "'{a,b*}/c?', bb/c, false",
    })
    void itReachesIntoDirectories(String text, String directory, boolean reaches) {
        List<String> segments =
                directory.isEmpty() ? List.of() : RepoPath.of(directory).segments();
        assertThat(PathPattern.of(text).reachesInto(segments)).isEqualTo(reaches);
    }

    @ParameterizedTest
    @CsvSource({
        "a/b/c, a/b/c",
        "a/b/c.d, a/b/c.d",
        "'{a/b.c,a/b.c/d}', a/b.c",
        "a/b/**, a/b",
        "a/b/*.js, a/b",
        "**/x, ''",
        "'a/{b,c}', a",
        "'{a/b/c,a/b/d*}', a/b",
        "'{a,b}', ''",
        "a/\\*/?, a/*",
    })
    void itKnowsWhatEveryMatchBeginsWith(String text, String prefix) {
        assertThat(String.join("/", PathPattern.of(text).literalPrefix())).isEqualTo(prefix);
    }

    @ParameterizedTest
    @CsvSource({
        "'', is empty",
        "/a, is absolute",
        "'{/a,b}', is absolute",
        ".., leaves the root of the tree",
        "a/../../b, leaves the root of the tree",
        "'{a,../b}', leaves the root of the tree",
        "., names the root of the tree",
        "./, names the root of the tree",
        "a/.., names the root of the tree",
        "*/../a, has '..' after a wildcard",
        "**/../a, has '..' after a wildcard",
        "src\\auth, contains a backslash that escapes nothing",
        "a\\, contains a backslash that escapes nothing",
        "a\\\\b, contains a backslash that escapes nothing",
        "!a, patterns exclude nothing",
        "[, has a '[' without a ']'",
        "[], has a '[' without a ']'",
        "[!], has a '[' without a ']'",
        "[a, has a '[' without a ']'",
        "[a/b], has a '/' in a class",
        "[z-a], 'has a class with the range ''z-a'', which is empty'",
        "[[:alpha:]], has a named class '[:'",
        "'{a,b', has a '{' without a '}'",
        "'a}', has a '}' without a '{'",
        "'{a}', has braces with one alternative",
        "'{}', has braces with one alternative",
        "[.]/x, 'has the segment ''[.]'', which no name matches'",
        "x/[.][.], which no name matches",
        "'{a,[.]}', which no name matches",
        "\u2025/x, only looks like '..'",
        "'[,\u0301z]', has a class whose characters would join",
        "a\u202eb, 'contains U+202E, which no path contains'",
    })
    void aRefusalNamesTheRule(String text, String rule) {
        assertRefused(text, rule);
    }

    // fault 85
    @Test
    void limitsAreRefusedByName() {
        assertThat(PathPattern.of("?/".repeat(63) + "*").matches(RepoPath.of("a/".repeat(63) + "b")))
                .isTrue();
        assertRefused("?/".repeat(64) + "*", "has 65 segments, the limit MAX_SEGMENTS is 64");
        assertRefused("{a,b}".repeat(30), "written out, the limit MAX_ALTERNATIVES is 64");
        assertRefused("{a,".repeat(80) + "b" + "}".repeat(80), "the limit MAX_ALTERNATIVES is 64");
        assertRefused("{a,".repeat(1_300) + "b", "the limit MAX_ALTERNATIVES is 64");
        assertRefused("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}" + "?".repeat(100), "the limit MAX_EXPANDED is 4,096");
        assertRefused("a/**/".repeat(5) + "b", "has 5 '**', the limit MAX_DOUBLE_STARS is 4");
        assertRefused("*".repeat(2) + "a*".repeat(256), "has 514 characters, the limit MAX_CHARACTERS is 512");
        assertRefused("a".repeat(5_000), "has more than 4096 characters");
        assertRefused("*" + "a".repeat(256), "has 256 bytes or more in UTF-8, the limit is 255");
        assertRefused(("a".repeat(250) + "/").repeat(5), "has 1255 bytes or more in UTF-8, the limit is 1024");
        assertThat(PathPattern.of("**/".repeat(100))).hasToString("**");
    }

    @Test
    void everyPathCanBeWrittenAsAPattern() {
        for (String text : List.of(
                "a", "!a", "#a", "a*?[]{},\u00e9b", "x/!y", "-", "^", "*".repeat(255), "a/".repeat(511) + "b")) {
            RepoPath path = RepoPath.of(text);
            PathPattern pattern = PathPattern.of(path);
            assertThat(pattern.matches(path)).isTrue();
            assertThat(pattern.literalPrefix()).isEqualTo(path.segments());
            assertThat(PathPattern.of(pattern.value())).isEqualTo(pattern);
            assertThat(pattern.matches(RepoPath.of("other"))).isFalse();
        }
    }

    @Test
    void aFileIsNamedAsItsTextSays() {
        RepoPath below = RepoPath.of("src/a.js/x");
        assertThat(PathPattern.of(RepoPath.of("src/a.js")).matches(below)).isFalse();
        assertThat(PathPattern.of(RepoPath.of("src/a[*].js")).matches(RepoPath.of("src/a[*].js/x")))
                .isFalse();
        assertThat(PathPattern.of(RepoPath.of("src")).matches(below)).isTrue();
        assertThat(PathPattern.of("SRC/A.JS", CasePolicy.FOLDED).matches(below)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "SRC/*.JS, src/*.js",
        "[A-Z]x, [a-z]x",
        "[!A-Z]x, [!a-z]x",
        "[@-Z], [@a-z]",
        "Stra\u00dfe/*, stra\u00dfe/*",
        "\u0391\u03a3, \u03b1\u03c2",
        "*\u03a3, '*{\u03c2,\u03c3}'",
        "\u0130*, i\u0307*",
    })
    void foldedPatternsAreInLowerCase(String text, String folded) {
        assertThat(PathPattern.of(text, CasePolicy.FOLDED)).hasToString(folded);
        assertThat(PathPattern.of(folded, CasePolicy.FOLDED)).hasToString(folded);
        assertThat(PathPattern.of(folded)).hasToString(folded);
    }

    @Test
    void whatAPatternMatchesItMatchesFoldedToo() {
        Random random = new Random(20_261_124);
        int matched = 0;
        for (int i = 0; i < 200_000; i++) {
            String text = anyText(random, 4);
            String path = anyText(random, 4);
            try {
                // Negated classes lose both cases of what they list. U+0130 becomes two characters.
                boolean isComparable = !text.contains("[!")
                        && !text.contains("[^")
                        && !(path.contains("\u0130") && (text.contains("?") || text.contains("[")));
                if (isComparable && PathPattern.of(text).matches(RepoPath.of(path))) {
                    matched++;
                    assertThat(PathPattern.of(text, CasePolicy.FOLDED).matches(RepoPath.of(path, CasePolicy.FOLDED)))
                            .as("%s and %s", text, path)
                            .isTrue();
                }
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
        assertThat(matched).isGreaterThan(1_000);
    }

    @Test
    void aClassWithACharacterThatFoldsToTwoIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PathPattern.of("[\u0130]", CasePolicy.FOLDED))
                .withMessageContaining("U+0130");
    }

    @Test
    void canonicalTextsAreFixedPointsAndWellShown() {
        Random random = new Random(20_261_124);
        int accepted = 0;
        for (int i = 0; i < 50_000; i++) {
            String text = anyText(random, 8);
            for (CasePolicy policy : CasePolicy.values()) {
                accepted += isCanonicalOrRefused(text, policy) ? 1 : 0;
            }
        }
        assertThat(accepted).isBetween(10_000, 90_000);
    }

    private static boolean isCanonicalOrRefused(String text, CasePolicy policy) {
        PathPattern pattern;
        try {
            pattern = PathPattern.of(text, policy);
        } catch (IllegalArgumentException e) {
            assertThat(String.valueOf(e.getMessage()).codePoints()).allMatch(Printable::isPrintable);
            return false;
        }
        assertThat(PathPattern.of(pattern.value(), policy)).as("%s", text).isEqualTo(pattern);
        assertThat(PathPattern.of(pattern.value())).as("%s", text).isEqualTo(pattern);
        assertThat(Normalizer.isNormalized(pattern.value(), Normalizer.Form.NFC))
                .isTrue();
        assertThat(pattern.overlaps(pattern)).isTrue();
        assertThat(pattern.covers(pattern)).isTrue();
        assertThat(pattern.reachesInto(List.of())).isTrue();
        return true;
    }

    private static String anyText(Random random, int most) {
        return IntStream.rangeClosed(0, random.nextInt(most))
                .mapToObj(i -> PIECES.get(random.nextInt(PIECES.size())))
                .collect(Collectors.joining());
    }

    @Test
    void jsonIsThePlainTextAndIsCheckedWhenRead() throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper();
        assertThat(json.writeValueAsString(PathPattern.of("a//*"))).isEqualTo("\"a/*\"");
        assertThat(json.readValue("\"./a/*\"", PathPattern.class)).isEqualTo(PathPattern.of("a/*"));
        assertThatExceptionOfType(JsonProcessingException.class)
                .isThrownBy(() -> json.readValue("\"[z-a]\"", PathPattern.class))
                .withMessageContaining("which is empty");
    }

    private static void assertRefused(String text, String rule) {
        for (CasePolicy policy : CasePolicy.values()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PathPattern.of(text, policy))
                    .withMessageStartingWith("pattern '" + Printable.of(text) + "' ")
                    .withMessageContaining(rule)
                    .withMessageContaining("; ");
        }
    }
}

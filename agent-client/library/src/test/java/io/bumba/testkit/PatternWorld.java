package io.bumba.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Random patterns, and all paths over a small alphabet: so many that two of these patterns that meet at all meet nearly always
 * at one of the paths. Each alphabet has a character that no pattern names.
 */
public enum PatternWorld {
    /** Long names, few directories. */
    NAMES("abc", 4, 2, 2),
    /** Names with dots, which are files, among names without, and what is below both. */
    FILES(".ac", 3, 2, 2),
    /** Short names, many directories. */
    DIRECTORIES("abc", 2, 4, 4),
    /** Names that are, or look like, dots: no path has these as a segment. */
    DOTS(".a\u2024\u2025c", 4, 1, 1);

    private static final List<String> NAMED = List.of(
            "a",
            "aa",
            ".a",
            "a.",
            "a.a",
            ".a.",
            "a..",
            "..a",
            "a",
            "a.a",
            "*",
            "*.a",
            "a.*",
            "*.*",
            ".*",
            "*.",
            "?.",
            "?a",
            "[.]a",
            "[!a]",
            "[!.]?a",
            "a?a",
            "{a,a.}",
            "{.a,aa}",
            "a{,.a}",
            "{a/a.a,a.}",
            "{a.,?}");

    private final String alphabet;
    private final int longest;
    private final int deepest;
    private final int more;

    /** @param more characters that longer names have */
    PatternWorld(String alphabet, int longest, int deepest, int more) {
        this.alphabet = alphabet;
        this.longest = longest;
        this.deepest = deepest;
        this.more = more;
    }

    /** All paths, as segments, and, if they are shallow, one below each; made anew each time. */
    public List<List<String>> paths() {
        List<String> names = names(longest);
        List<List<String>> all = new ArrayList<>();
        List<List<String>> ofDepth = List.of(List.of());
        for (int depth = 1; depth <= deepest; depth++) {
            ofDepth = ofDepth.stream()
                    .flatMap(directory -> names.stream().map(name -> {
                        List<String> path = new ArrayList<>(directory);
                        path.add(name);
                        return List.copyOf(path);
                    }))
                    .toList();
            all.addAll(ofDepth);
        }
        if (this == DIRECTORIES) {
            return all;
        }
        String unnamed = alphabet.substring(alphabet.length() - 1);
        ofDepth.forEach(directory -> {
            List<String> path = new ArrayList<>(directory);
            path.add(unnamed);
            all.add(path);
        });
        return all;
    }

    /** All names of this world, and those that have some characters more. */
    List<String> longerNames() {
        return names(longest + more);
    }

    private List<String> names(int longest) {
        List<String> names = new ArrayList<>();
        List<String> ofLength = List.of("");
        for (int length = 1; length <= longest; length++) {
            ofLength = ofLength.stream()
                    .flatMap(shorter -> alphabet.codePoints().mapToObj(c -> shorter + Character.toString(c)))
                    .toList();
            names.addAll(ofLength);
        }
        names.removeIf(name -> !isName(name));
        return names;
    }

    private static boolean isName(CharSequence text) {
        return !Set.of(".", "..", "\u2024", "\u2024.", ".\u2024", "\u2024\u2024", "\u2025")
                .contains(text.toString());
    }

    /** A random pattern; some are refused, because some alternative matches nothing. */
    public String pattern(SplittableRandom random) {
        String pattern = alternative(random);
        return switch (random.nextInt(6)) {
            case 0 -> "{" + pattern + "," + alternative(random) + "}";
            case 1 -> "{" + pattern + ",{" + alternative(random) + "," + alternative(random) + "}}";
            default -> pattern;
        };
    }

    private String alternative(SplittableRandom random) {
        return switch (this) {
            case NAMES -> longNames(random);
            case FILES -> files(random);
            case DIRECTORIES -> directories(random);
            case DOTS -> segment(random, 2);
        };
    }

    private String longNames(SplittableRandom random) {
        String one = segment(random, 2);
        return switch (random.nextInt(8)) {
            case 0 -> one + "/";
            case 1 -> one + "/**";
            case 2 -> "**/" + one;
            case 3 -> one + "/" + segment(random, 1) + "*";
            case 4 -> "{" + token(random) + "/,}" + segment(random, 1) + "*";
            default -> one;
        };
    }

    private String files(SplittableRandom random) {
        StringBuilder pattern = new StringBuilder();
        for (int more = random.nextInt(3); more > 0; more--) {
            pattern.append(random.nextInt(4) == 0 ? "**" : NAMED.get(random.nextInt(NAMED.size())))
                    .append('/');
        }
        return pattern + NAMED.get(random.nextInt(NAMED.size())) + (random.nextInt(6) == 0 ? "/" : "");
    }

    private String directories(SplittableRandom random) {
        StringBuilder pattern = new StringBuilder();
        int segments = 1 + random.nextInt(2);
        for (int i = 0; i < segments; i++) {
            pattern.append(random.nextInt(3) == 0 ? "**/" : "").append(segment(random, 1));
            pattern.append(i < segments - 1 ? "/" : "");
        }
        return pattern
                + switch (random.nextInt(6)) {
                    case 0 -> "/";
                    case 1 -> "/**";
                    default -> "";
                };
    }

    /** @param most tokens that are no stars */
    private String segment(SplittableRandom random, int most) {
        StringBuilder segment = new StringBuilder();
        int tokens = 1 + random.nextInt(most);
        for (int i = 0; i < tokens; i++) {
            segment.append(random.nextInt(4) == 0 ? "*" : "").append(token(random));
        }
        return segment.append(random.nextInt(4) == 0 ? "*" : "").toString();
    }

    private String token(SplittableRandom random) {
        String one = character(random);
        String other = character(random);
        return switch (random.nextInt(10)) {
            case 0 -> "?";
            case 1 -> "[" + one + other + "]";
            case 2 -> "[!" + one + "]";
            case 3 -> "[!" + one + other + "]";
            case 4 -> this == NAMES && one.compareTo(other) < 0 ? "[" + one + "-" + other + "]" : "[" + one + "]";
            case 5 -> "{" + one + "," + other + "}";
            case 6 -> "{" + one + ",?}";
            default -> one;
        };
    }

    private String character(SplittableRandom random) {
        int index = random.nextInt(alphabet.length() - 1);
        return alphabet.substring(index, index + 1);
    }
}

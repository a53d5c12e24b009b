package io.bumba.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * How a line becomes a comment in a file of some type.
 *
 * @param open what comes before the text
 * @param close what comes after it; may be empty
 */
record CommentStyle(String open, String close) {
    private record Family(CommentStyle style, Set<String> extensions) {}

    private static final List<Family> FAMILIES = List.of(
            new Family(
                    new CommentStyle("// ", ""),
                    Set.of(
                            "java", "kt", "scala", "groovy", "c", "h", "cc", "cpp", "hpp", "cs", "js", "mjs", "ts",
                            "tsx", "jsx", "go", "rs", "swift", "php", "dart", "proto")),
            new Family(
                    new CommentStyle("# ", ""),
                    Set.of(
                            "py",
                            "sh",
                            "rb",
                            "pl",
                            "yml",
                            "yaml",
                            "toml",
                            "properties",
                            "cfg",
                            "conf",
                            "ini",
                            "tf",
                            "r")),
            new Family(new CommentStyle("-- ", ""), Set.of("sql", "lua", "hs", "adb", "ads", "elm")),
            new Family(new CommentStyle("/* ", " */"), Set.of("css", "scss", "less")),
            new Family(new CommentStyle("<!-- ", " -->"), Set.of("md", "html", "htm", "xml", "svg", "vue")));

    /** The style for a file of that name, if its type is known. */
    static Optional<CommentStyle> of(String path) {
        return family(path).map(Family::style);
    }

    /** The text as a comment. */
    String line(String text) {
        return open + text + close;
    }

    private static Optional<Family> family(String path) {
        String extension = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return FAMILIES.stream().filter(f -> f.extensions().contains(extension)).findFirst();
    }

    /** Source code comes before configuration, and that before prose. */
    static int rank(String path) {
        return family(path).map(FAMILIES::indexOf).orElse(FAMILIES.size());
    }
}

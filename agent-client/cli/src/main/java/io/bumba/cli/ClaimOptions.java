package io.bumba.cli;

import io.bumba.file.Tree;
import io.bumba.path.CasePolicy;
import io.bumba.path.PathPattern;
import io.bumba.path.PathPatterns;
import io.bumba.territory.TerritoryRequest;
import io.bumba.territory.TerritoryType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is asked for with {@code bumba claim}, inside a session and outside. */
final class ClaimOptions {
    /** Of a title that nobody gave. */
    private static final int MAX_DEFAULT_TITLE = 80;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description =
                    "exclusive: only its owner locks inside (the default). shared: everybody reads, nobody writes."
                            + " monitored: everybody locks as usual, and it is recorded.")
    private TerritoryType type = TerritoryType.EXCLUSIVE;

    @Option(
            names = "--title",
            paramLabel = "TEXT",
            description = "What for; shown to whoever is refused. By default the patterns.")
    private @Nullable String title;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = Durations.Converter.class,
            description = "How long to wait until all of it is free, such as 30s or 10m. By default not at all.")
    private Duration wait = Duration.ZERO;

    @Option(
            names = "--grace",
            paramLabel = "TIME",
            converter = Durations.Converter.class,
            description = "How long nobody else gets it when its owner has died, at most 7d. By default what the"
                    + " workspace says (territoryTimeout).")
    private @Nullable Duration grace;

    @Option(
            names = "--parent",
            paramLabel = "ID",
            description = "The territory that it lies in, of this agent or of one that has admitted it.")
    private @Nullable String parent;

    Duration patience() {
        return wait;
    }

    /**
     * The request.
     *
     * @throws IllegalArgumentException naming the value and the rule that it breaks
     */
    TerritoryRequest request(PathPatterns patterns) {
        TerritoryRequest request = TerritoryRequest.of(title == null ? titleOf(patterns) : title, patterns)
                .ofType(type)
                .waitUpTo(wait);
        if (parent != null) {
            request = request.inside(parent);
        }
        return grace == null ? request : request.keptFor(grace);
    }

    /**
     * Which files are meant.
     *
     * @throws IllegalArgumentException when one leaves the tree, or is no pattern, or there are too many
     */
    static PathPatterns resolve(Tree tree, List<String> texts, Path cwd, CasePolicy policy) {
        return PathPatterns.of(texts.stream()
                .flatMap(text -> tree.resolvePattern(text, cwd, policy).stream())
                .toList());
    }

    private static String titleOf(PathPatterns patterns) {
        return Text.shortened(
                patterns.patterns().stream().map(PathPattern::value).collect(Collectors.joining(" ")),
                MAX_DEFAULT_TITLE);
    }
}

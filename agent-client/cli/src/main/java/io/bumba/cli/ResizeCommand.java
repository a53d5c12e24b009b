package io.bumba.cli;

import io.bumba.path.PathPattern;
import io.bumba.path.PathPatterns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bumba resize}. */
@Command(
        name = "resize",
        description = {
            "Inside a session: change what a territory of its agent covers, all of it or nothing.",
            "",
            "Either name what it is to cover from now on, or what to add and to remove, as it was claimed."
        },
        optionListHeading = "%nOptions:%n")
final class ResizeCommand extends SessionVerb {
    @Option(names = "--add", paramLabel = "PATTERN", description = "Cover this too; may be given again.")
    private List<String> added = new ArrayList<>();

    @Option(
            names = "--remove",
            paramLabel = "PATTERN",
            description = "Cover this no more; one that it was claimed with. May be given again.")
    private List<String> removed = new ArrayList<>();

    @Parameters(index = "0", paramLabel = "ID", description = "The territory, as 'bumba territories' shows it.")
    private String id = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "PATTERN",
            description = "What it is to cover, relative to the current directory.")
    private List<String> whole = new ArrayList<>();

    @Override
    CompletableFuture<SessionAnswer> act(LiveSession session, Path cwd) {
        boolean changes = !added.isEmpty() || !removed.isEmpty();
        if (changes != whole.isEmpty()) {
            throw new IllegalArgumentException(
                    "name what the territory is to cover, or what to --add and --remove, and not both");
        }
        PathPatterns more = session.resolvePatterns(changes ? added : whole, cwd);
        PathPatterns less = session.resolvePatterns(removed, cwd);
        return session.territories()
                .resize(id, now -> changes ? changed(now, more, less) : more)
                .thenApply(grant -> SessionAnswer.done(
                        List.of("territory " + grant.id() + " resized, " + TerritoryAnswers.area(grant)),
                        TerritoryAnswers.describe(grant, SessionAnswer.object())));
    }

    /** Pure. */
    static PathPatterns changed(PathPatterns now, PathPatterns more, PathPatterns less) {
        Optional<PathPattern> unknown = less.patterns().stream()
                .filter(pattern -> !now.patterns().contains(pattern))
                .findFirst();
        if (unknown.isPresent()) {
            throw new IllegalArgumentException(unknown.get()
                    + " is none of its patterns, which are " + String.join(" ", texts(now))
                    + "; remove one of these, and add what is to stay");
        }
        List<PathPattern> next = new ArrayList<>(now.patterns());
        next.removeAll(less.patterns());
        next.addAll(more.patterns());
        return PathPatterns.of(next);
    }

    private static List<String> texts(PathPatterns patterns) {
        return patterns.patterns().stream().limit(20).map(PathPattern::value).toList();
    }

    @Override
    String hint() {
        return ReleaseCommand.HINT;
    }
}

package io.bumba.lock;

import io.bumba.path.Printable;
import io.bumba.path.RepoPath;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The answer to a {@link BreakRequest}. */
public sealed interface BreakResult {
    RepoPath path();

    /** One line for a person. */
    String message();

    /**
     * These grants were ended; each is recorded.
     *
     * @param ended at least one
     */
    record Broken(RepoPath path, List<BreakRecord> ended) implements BreakResult {
        public Broken {
            ended = List.copyOf(ended);
        }

        @Override
        public String message() {
            return ended.stream()
                    .map(e -> path + " is no longer held by " + Printable.of(e.agent()) + " (" + e.mode() + ", token "
                            + e.token() + ")")
                    .collect(Collectors.joining("; "));
        }
    }

    /**
     * Nobody held it so: nothing was changed.
     *
     * @param token the only one that was meant, if one was
     * @param holders who holds the file now
     * @param earlier the record, when the grant that was meant had been ended before
     * @param mutex the node of a stock {@code InterProcessMutex} that blocks the file now
     */
    record NotHeld(
            RepoPath path,
            Optional<FencingToken> token,
            List<Holder> holders,
            Optional<BreakRecord> earlier,
            Optional<String> mutex)
            implements BreakResult {
        public NotHeld {
            holders = List.copyOf(holders);
        }

        @Override
        public String message() {
            StringBuilder text = new StringBuilder(path + " is not held");
            token.ifPresent(t -> text.append(" under token ").append(t));
            earlier.ifPresent(e -> text.append("; ")
                    .append(Printable.of(e.by()))
                    .append(" ended that at ")
                    .append(e.at())
                    .append(": ")
                    .append(Printable.of(e.reason())));
            if (!holders.isEmpty()) {
                text.append("; it is held by ")
                        .append(holders.stream()
                                .map(h -> h.agent() + " (" + h.mode() + ", token " + h.token() + ")")
                                .collect(Collectors.joining(", ")));
            }
            mutex.ifPresent(node -> text.append("; the stock InterProcessMutex ")
                    .append(node)
                    .append(" blocks it, which only a break of the foreign lock removes"));
            return text.append("; nothing was changed").toString();
        }
    }
}

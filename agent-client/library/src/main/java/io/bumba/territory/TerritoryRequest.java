package io.bumba.territory;

import io.bumba.lock.LockOptions;
import io.bumba.path.PathPatterns;
import io.bumba.path.Printable;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request for a territory; immutable. Starts from {@link #of}.
 *
 * @param title what it is for, 1 to {@link #MAX_TITLE} characters
 * @param patterns what is claimed
 * @param type EXCLUSIVE unless said otherwise
 * @param parent the id of the territory that it is to lie in
 * @param onEnd what becomes of the territories inside it when it ends
 * @param orphanGrace how long it is kept for its owner when the owner's session has ended, zero for not at all, at most {@link
 *     #MAX_GRACE}; null takes the workspace's {@code territoryTimeout}
 * @param patience how long to wait, at most {@link LockOptions#MAX_WAIT}; zero to be refused at once
 * @param local whether the owner's locks inside are granted from memory; for an EXCLUSIVE territory without a parent
 */
public record TerritoryRequest(
        String title,
        PathPatterns patterns,
        TerritoryType type,
        Optional<String> parent,
        OnEnd onEnd,
        @Nullable Duration orphanGrace,
        Duration patience,
        boolean local) {
    public static final int MAX_TITLE = 200;
    public static final Duration MAX_GRACE = Duration.ofDays(7);

    public TerritoryRequest {
        Objects.requireNonNull(patterns, "patterns");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(onEnd, "onEnd");
        Objects.requireNonNull(parent, "parent");
        if (title.isBlank() || title.length() > MAX_TITLE) {
            throw new IllegalArgumentException(
                    "a title of " + title.length() + " characters: a territory needs one of 1 to " + MAX_TITLE
                            + " (MAX_TITLE) that says what it is for");
        }
        if (title.codePoints().anyMatch(c -> !Printable.isPrintable(c))) {
            throw new IllegalArgumentException("the title '" + Printable.of(title)
                    + "' contains a character that cannot be printed; leave it out");
        }
        if (patterns.size() == 0) {
            throw new IllegalArgumentException("no patterns: a territory needs at least one");
        }
        if (orphanGrace != null && (orphanGrace.isNegative() || orphanGrace.compareTo(MAX_GRACE) > 0)) {
            throw new IllegalArgumentException(
                    "an orphan grace of " + orphanGrace + " is not between 0 and " + MAX_GRACE + " (MAX_GRACE)");
        }
        if (patience.isNegative() || patience.compareTo(LockOptions.MAX_WAIT) > 0) {
            throw new IllegalArgumentException(
                    "a wait of " + patience + " is not between 0 and " + LockOptions.MAX_WAIT + " (MAX_WAIT)");
        }
        if (local && (type != TerritoryType.EXCLUSIVE || parent.isPresent())) {
            throw new IllegalArgumentException("local grants need an EXCLUSIVE territory without a parent; this one is "
                    + type + parent.map(id -> " inside " + Printable.of(id)).orElse(""));
        }
    }

    /** An exclusive territory, refused at once where others are. */
    public static TerritoryRequest of(String title, PathPatterns patterns) {
        return new TerritoryRequest(
                title, patterns, TerritoryType.EXCLUSIVE, Optional.empty(), OnEnd.END, null, Duration.ZERO, false);
    }

    public TerritoryRequest ofType(TerritoryType newType) {
        return new TerritoryRequest(title, patterns, newType, parent, onEnd, orphanGrace, patience, local);
    }

    public TerritoryRequest inside(String newParent) {
        return new TerritoryRequest(title, patterns, type, Optional.of(newParent), onEnd, orphanGrace, patience, local);
    }

    public TerritoryRequest passingOn() {
        return new TerritoryRequest(title, patterns, type, parent, OnEnd.PASS_ON, orphanGrace, patience, local);
    }

    public TerritoryRequest keptFor(Duration newGrace) {
        return new TerritoryRequest(title, patterns, type, parent, onEnd, newGrace, patience, local);
    }

    public TerritoryRequest waitUpTo(Duration newPatience) {
        return new TerritoryRequest(title, patterns, type, parent, onEnd, orphanGrace, newPatience, local);
    }

    public TerritoryRequest withLocalGrants() {
        return new TerritoryRequest(title, patterns, type, parent, onEnd, orphanGrace, patience, true);
    }
}

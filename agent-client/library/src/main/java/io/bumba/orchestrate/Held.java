package io.bumba.orchestrate;

import io.bumba.lock.GrantSet;
import io.bumba.lock.LockGrant;
import io.bumba.territory.TerritoryGrant;
import java.util.Optional;
import java.util.stream.Collectors;

/** What was got for a command: locks, a territory, or nothing. */
record Held(Optional<GrantSet> grants, Optional<TerritoryGrant> territory) {
    static final Held NOTHING = new Held(Optional.empty(), Optional.empty());

    /** A line {@code PATH=TOKEN} for each lock. */
    String tokens() {
        return grants.stream()
                .flatMap(set -> set.grants().stream())
                .map(Held::line)
                .collect(Collectors.joining("\n"));
    }

    private static String line(LockGrant grant) {
        return grant.path() + "=" + grant.token();
    }
}

package io.bumba.cli;

import io.bumba.path.RepoPath;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * A lock that ended before it was given back.
 *
 * @param why by whom and why it was ended, or what else ended it; empty when that is not known
 */
record Loss(RepoPath path, String why) {
    /** Such as {@code the lock of a is lost (its lease has ended)}; in the order given. */
    static String say(Collection<Loss> lost, String isLost) {
        String paths = lost.stream().map(loss -> loss.path().value()).collect(Collectors.joining(", "));
        String whys = lost.stream()
                .filter(loss -> !loss.why().isEmpty())
                .map(loss -> lost.size() == 1 ? loss.why() : loss.path() + ": " + loss.why())
                .collect(Collectors.joining("; "));
        return "the lock of " + paths + " " + isLost + (whys.isEmpty() ? "" : " (" + whys + ")");
    }
}

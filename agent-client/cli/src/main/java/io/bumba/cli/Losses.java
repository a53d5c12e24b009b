package io.bumba.cli;

import io.bumba.Bumba;
import io.bumba.event.Event;
import io.bumba.path.RepoPath;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Why the locks of a connection's one agent were lost: known before whoever holds one is told of it. Thread-safe. */
final class Losses {
    private static final int MAX_WHY = 700;

    private final Map<RepoPath, String> whys = new ConcurrentHashMap<>();

    /** Listens for as long as the connection lives. */
    static Losses of(Bumba bumba) {
        Losses losses = new Losses();
        AutoCloseable unused = bumba.events().listen(losses::heard);
        return losses;
    }

    /** The loss of this file's lock; why is told once. */
    Loss take(RepoPath path) {
        return new Loss(path, Objects.requireNonNullElse(whys.remove(path), ""));
    }

    void heard(Event event) {
        if (event instanceof Event.LockLost lost) {
            whys.put(lost.path(), Text.shortened(lost.why(), MAX_WHY));
        }
    }
}

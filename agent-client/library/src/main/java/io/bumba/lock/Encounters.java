package io.bumba.lock;

import io.bumba.path.RepoPath;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers on which files others were lately met: there a newcomer looks before it contends, which spares it a
 * contender to withdraw. Only a hint. Bounded. Thread-safe.
 */
public final class Encounters {
    private static final int MAX_REMEMBERED = 4_096;

    private final Map<RepoPath, Boolean> met = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RepoPath, Boolean> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    synchronized void met(RepoPath path) {
        met.put(path, true);
    }

    synchronized void foundFree(RepoPath path) {
        met.remove(path);
    }

    synchronized boolean expected(RepoPath path) {
        return met.containsKey(path);
    }
}

package io.bumba.lock;

import io.bumba.path.RepoPath;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The requests of one agent that have an id, so that one that is repeated is answered by the same grant. A request that was
 * refused is forgotten: repeated, it is a new one. Of those whose grant has ended, the last {@link #MAX_ENDED} are
 * remembered, so that a late repetition does not lock anew. Guarded by the lock of {@link Desks}.
 */
final class RequestIds {
    static final int MAX_ENDED = 10_000;

    private record Key(RepoPath path, String id) {}

    private final Map<Key, Request> requests = new LinkedHashMap<>();

    /**
     * The request of this id if it is known, else the new one.
     *
     * @throws IllegalArgumentException when the id is known for another kind of request
     */
    Request joinOr(RepoPath path, LockOptions options, String id, Supplier<Request> fresh) {
        Key key = new Key(path, id);
        Request known = requests.get(key);
        if (known != null && !isRefused(known)) {
            if (known.options().mode() != options.mode()) {
                throw new IllegalArgumentException("request id '" + id + "' was used for " + path + " in mode "
                        + known.options().mode() + ", and now in mode " + options.mode()
                        + "; give each request an id of its own");
            }
            if (known.join()) {
                return known;
            }
        }
        Request begun = fresh.get();
        requests.remove(key);
        requests.put(key, begun);
        if (requests.size() > MAX_ENDED) {
            dropEldestEnded();
        }
        return begun;
    }

    /** The grant that answered this request, when it has ended since. */
    static Optional<LockGrant> endedGrant(Request request) {
        return grant(request).filter(grant -> grant instanceof OpenGrant open && !open.isOpen());
    }

    private void dropEldestEnded() {
        for (Iterator<Request> each = requests.values().iterator(); each.hasNext(); ) {
            Request request = each.next();
            if (isRefused(request) || endedGrant(request).isPresent()) {
                each.remove();
                return;
            }
        }
    }

    private static boolean isRefused(Request request) {
        return request.result().isDone() && grant(request).isEmpty();
    }

    private static Optional<LockGrant> grant(Request request) {
        return request.result().isDone() && !request.result().isCompletedExceptionally()
                ? request.result().join().grant()
                : Optional.empty();
    }
}

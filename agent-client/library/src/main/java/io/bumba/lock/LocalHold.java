package io.bumba.lock;

import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One file held by its territory's owner without a contender, counted. Guarded by the lock of its {@link LocalArea}. */
final class LocalHold {
    private final RepoPath path;
    private LockMode mode;
    private FencingToken token;
    private int count;
    private boolean lost;
    private @Nullable LockGrant real;
    private List<Runnable> callbacks = List.of();

    LocalHold(RepoPath path, LockMode mode, FencingToken token) {
        this.path = path;
        this.mode = mode;
        this.token = token;
    }

    RepoPath path() {
        return path;
    }

    LockMode mode() {
        return real == null ? mode : real.mode();
    }

    FencingToken token() {
        return real == null ? token : real.token();
    }

    int count() {
        return count;
    }

    boolean isLost() {
        return lost;
    }

    /** What stands for it since the area no longer does. */
    @Nullable
    LockGrant real() {
        return real;
    }

    void countUp() {
        count++;
    }

    /** Whether none is left. */
    boolean countDown() {
        return --count == 0;
    }

    void become(LockMode other, FencingToken from) {
        mode = other;
        token = from;
    }

    void become(LockMode other) {
        mode = other;
    }

    void onLost(Runnable callback) {
        callbacks = Hold.with(callbacks, callback);
    }

    /** From now on this stands for it. */
    void turnInto(LockGrant grant) {
        real = grant;
        List<Runnable> told = callbacks;
        callbacks = List.of();
        told.forEach(callback -> grant.onLost(Runnable::run, callback));
    }

    /** Whom to tell, once the lock is let go. */
    List<Runnable> lose() {
        lost = true;
        List<Runnable> told = callbacks;
        callbacks = List.of();
        return told;
    }

    static void tell(List<Runnable> told) {
        told.forEach(Async::guarded);
    }
}

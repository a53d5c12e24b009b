package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One count of a {@link LocalHold}, given back once. A lease ends this count alone, by the monotonic clock. */
final class LocalGrant implements OpenGrant {
    private enum State {
        GIVEN,
        GIVEN_BACK,
        EXPIRED
    }

    private final LocalArea area;
    private final LocalHold hold;

    // Guarded by the area's lock.
    private State state = State.GIVEN;
    private @Nullable Lease lease;
    private List<Runnable> callbacks = List.of();
    private List<Runnable> warnings = List.of();

    LocalGrant(LocalArea area, LocalHold hold, @Nullable Duration length) {
        this.area = area;
        this.hold = hold;
        if (length != null) {
            this.lease = area.lease(length, this::warn, this::expire);
        }
    }

    @Override
    public RepoPath path() {
        return hold.path();
    }

    @Override
    public LockMode mode() {
        synchronized (area.lock()) {
            return hold.mode();
        }
    }

    @Override
    public FencingToken token() {
        synchronized (area.lock()) {
            return hold.token();
        }
    }

    @Override
    public boolean isOpen() {
        synchronized (area.lock()) {
            return isGiven() && !hold.isLost();
        }
    }

    private boolean isGiven() {
        return state == State.GIVEN && (lease == null || !lease.isOver());
    }

    @Override
    public boolean isValid() {
        LockGrant real;
        synchronized (area.lock()) {
            if (!isGiven() || hold.isLost()) {
                return false;
            }
            real = hold.real();
        }
        return real == null ? area.isValid() : real.isValid();
    }

    @Override
    public CompletionStage<Boolean> verify() {
        LockGrant real;
        synchronized (area.lock()) {
            if (!isGiven() || hold.isLost()) {
                return CompletableFuture.completedFuture(false);
            }
            real = hold.real();
        }
        return real == null ? area.verify().thenApply(owned -> owned && isOpen()) : real.verify();
    }

    @Override
    public void onLost(Executor executor, Runnable callback) {
        Runnable told = () -> executor.execute(() -> {
            if (!isGivenBack()) {
                callback.run();
            }
        });
        LockGrant real;
        synchronized (area.lock()) {
            if (state == State.GIVEN_BACK) {
                return;
            }
            real = hold.real();
            if (isGiven() && !hold.isLost()) {
                if (lease != null) {
                    callbacks = Hold.with(callbacks, told);
                }
                if (real == null) {
                    hold.onLost(told);
                    return;
                }
            }
        }
        if (real != null && isOpen()) {
            real.onLost(Runnable::run, told);
        } else {
            told.run();
        }
    }

    private boolean isGivenBack() {
        synchronized (area.lock()) {
            return state == State.GIVEN_BACK;
        }
    }

    @Override
    public Optional<Duration> leaseLeft() {
        synchronized (area.lock()) {
            return Optional.ofNullable(lease).map(Lease::left);
        }
    }

    @Override
    public void onLeaseEnding(Executor executor, Runnable callback) {
        Runnable told = () -> executor.execute(callback);
        synchronized (area.lock()) {
            if (lease == null || !isGiven()) {
                return;
            }
            warnings = Hold.with(warnings, told);
            if (!lease.isEnding()) {
                return;
            }
        }
        told.run();
    }

    @Override
    public CompletionStage<Boolean> renew(Duration length) {
        LockOptions.requireLease(length);
        synchronized (area.lock()) {
            if (lease == null) {
                throw new IllegalStateException("the lock on " + hold.path() + " has no lease to renew");
            }
            if (!isGiven() || hold.isLost()) {
                return CompletableFuture.completedFuture(false);
            }
            lease.cancel();
            lease = area.lease(length, this::warn, this::expire);
            return CompletableFuture.completedFuture(true);
        }
    }

    private void warn() {
        List<Runnable> told;
        synchronized (area.lock()) {
            told = isGiven() ? warnings : List.of();
        }
        LocalHold.tell(told);
    }

    private void expire() {
        List<Runnable> told;
        synchronized (area.lock()) {
            if (state != State.GIVEN || lease == null || !lease.isOver()) {
                return;
            }
            state = State.EXPIRED;
            told = callbacks;
            callbacks = List.of();
        }
        CompletionStage<ReleaseResult> unused = area.giveBack(hold);
        LocalHold.tell(told);
    }

    @Override
    public CompletionStage<Boolean> downgrade() {
        LockGrant real;
        synchronized (area.lock()) {
            if (!isGiven() || hold.isLost()) {
                return CompletableFuture.completedFuture(false);
            }
            real = hold.real();
            if (real == null) {
                if (hold.mode() == LockMode.EXCLUSIVE && hold.count() > 1) {
                    throw new IllegalStateException("the agent has " + hold.count() + " grants of " + hold.path()
                            + ", and the others count on its being exclusive; release them first");
                }
                hold.become(LockMode.SHARED);
                return CompletableFuture.completedFuture(true);
            }
        }
        return real.downgrade();
    }

    @Override
    public ReleaseResult release() {
        return area.await(releaseAsync(), hold.path());
    }

    @Override
    public CompletionStage<ReleaseResult> releaseAsync() {
        synchronized (area.lock()) {
            if (state == State.EXPIRED || (state == State.GIVEN && lease != null && lease.isOver())) {
                return CompletableFuture.completedFuture(ReleaseResult.LOST);
            }
            if (state == State.GIVEN_BACK) {
                return CompletableFuture.completedFuture(ReleaseResult.ALREADY_RELEASED);
            }
            state = State.GIVEN_BACK;
            if (lease != null) {
                lease.cancel();
            }
        }
        return area.giveBack(hold);
    }

    @Override
    public void close() {
        if (release() == ReleaseResult.LOST) {
            throw new BumbaException(
                    BumbaException.Code.LOCK_LOST,
                    "the lock on " + hold.path() + " had ended before it was given back; what was done since is not"
                            + " protected");
        }
    }
}

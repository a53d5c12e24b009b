package io.bumba.lock;

import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One count of a {@link Hold}, given back once. The lease of the first grant is the hold's; a later one may have a lease of
 * its own, which ends that count alone, and all end with the hold.
 */
final class CountedGrant implements OpenGrant {
    private enum State {
        GIVEN,
        GIVEN_BACK,
        EXPIRED
    }

    private final Hold hold;
    private final Workshop shop;

    private final Object lock = new Object();
    private State state = State.GIVEN;
    private @Nullable Lease own;
    /** For the end of our own lease; the hold has the others. */
    private List<Runnable> callbacks = List.of();

    private List<Runnable> warnings = List.of();

    /** @param length of the lease of this count alone */
    CountedGrant(Hold hold, Workshop shop, @Nullable Duration length) {
        this.hold = hold;
        this.shop = shop;
        if (length != null) {
            synchronized (lock) {
                own = lease(length);
            }
        }
    }

    @Override
    public RepoPath path() {
        return hold.path();
    }

    @Override
    public LockMode mode() {
        return hold.mode();
    }

    @Override
    public FencingToken token() {
        return hold.token();
    }

    @Override
    public boolean isValid() {
        return isGiven() && hold.isValid();
    }

    @Override
    public boolean isOpen() {
        return isGiven() && hold.isHeld();
    }

    @Override
    public CompletionStage<Boolean> verify() {
        return isGiven() ? hold.verify() : CompletableFuture.completedFuture(false);
    }

    @Override
    public void onLost(Executor executor, Runnable callback) {
        AtomicBoolean told = new AtomicBoolean();
        Runnable once = () -> {
            if (!isGivenBack() && told.compareAndSet(false, true)) {
                callback.run();
            }
        };
        synchronized (lock) {
            if (state == State.GIVEN_BACK) {
                return;
            }
            if (state == State.GIVEN && own != null) {
                callbacks = Hold.with(callbacks, () -> executor.execute(once));
            }
        }
        if (isGiven()) {
            hold.onLost(executor, once);
        } else {
            executor.execute(once);
        }
    }

    @Override
    public Optional<Duration> leaseLeft() {
        Optional<Duration> mine;
        synchronized (lock) {
            mine = Optional.ofNullable(own).map(Lease::left);
        }
        Optional<Duration> whole = hold.leaseLeft();
        return mine.isPresent() && whole.isPresent()
                ? Optional.of(mine.get().compareTo(whole.get()) < 0 ? mine.get() : whole.get())
                : mine.or(() -> whole);
    }

    @Override
    public void onLeaseEnding(Executor executor, Runnable callback) {
        Runnable unlessGivenBack = () -> {
            if (isGiven()) {
                callback.run();
            }
        };
        hold.onLeaseEnding(executor, unlessGivenBack);
        synchronized (lock) {
            if (own == null) {
                return;
            }
            warnings = Hold.with(warnings, () -> executor.execute(unlessGivenBack));
            if (!own.isEnding()) {
                return;
            }
        }
        executor.execute(unlessGivenBack);
    }

    @Override
    public CompletionStage<Boolean> renew(Duration length) {
        LockOptions.requireLease(length);
        synchronized (lock) {
            if (state != State.GIVEN || isOwnLeaseOver()) {
                return CompletableFuture.completedFuture(false);
            }
            if (own != null) {
                own.cancel();
                own = lease(length);
                return CompletableFuture.completedFuture(hold.isHeld());
            }
        }
        return hold.renew(length);
    }

    @Override
    public CompletionStage<Boolean> downgrade() {
        return isGiven() ? hold.downgrade() : CompletableFuture.completedFuture(false);
    }

    @Override
    public CompletableFuture<ReleaseResult> releaseAsync() {
        synchronized (lock) {
            if (isOwnLeaseOver()) {
                return CompletableFuture.completedFuture(ReleaseResult.LOST);
            }
            if (state == State.GIVEN_BACK) {
                return CompletableFuture.completedFuture(ReleaseResult.ALREADY_RELEASED);
            }
            close(State.GIVEN_BACK);
        }
        return hold.giveBack();
    }

    @Override
    public ReleaseResult release() {
        return Confirmation.await(releaseAsync(), shop.operationTimeout(), path().toString());
    }

    @Override
    public void close() {
        if (release() == ReleaseResult.LOST) {
            throw hold.lost();
        }
    }

    private Lease lease(Duration length) {
        return new Lease(shop.clock(), shop.nanos(), shop.nanos().getAsLong(), length, this::warn, this::expire);
    }

    private void warn() {
        List<Runnable> told;
        synchronized (lock) {
            if (state != State.GIVEN || own == null || !own.isEnding()) {
                return;
            }
            told = warnings;
        }
        told.forEach(Async::guarded);
    }

    private void expire() {
        List<Runnable> told;
        synchronized (lock) {
            if (state != State.GIVEN || !isOwnLeaseOver()) {
                return;
            }
            told = callbacks;
            close(State.EXPIRED);
        }
        // First its count: who is told may rely on it.
        Async.then(hold.giveBack(), released -> {});
        told.forEach(Async::guarded);
    }

    private void close(State end) {
        state = end;
        callbacks = List.of();
        if (own != null) {
            own.cancel();
        }
    }

    private boolean isGiven() {
        synchronized (lock) {
            return state == State.GIVEN && !isOwnLeaseOver();
        }
    }

    private boolean isGivenBack() {
        synchronized (lock) {
            return state == State.GIVEN_BACK;
        }
    }

    private boolean isOwnLeaseOver() {
        return state == State.EXPIRED || (own != null && state == State.GIVEN && own.isOver());
    }
}

package io.bumba.territory;

import io.bumba.BumbaException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for an answer that will come whether or not anybody waits. */
final class Releasing {
    private Releasing() {}

    static <T> T await(CompletableFuture<T> answer, String id, Duration patience) {
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BumbaException(
                    BumbaException.Code.UNAVAILABLE,
                    "interrupted; the release of territory " + id + " goes on in the background",
                    e);
        } catch (TimeoutException e) {
            throw new BumbaException(
                    BumbaException.Code.UNAVAILABLE,
                    "ZooKeeper did not confirm the release of territory " + id + " within " + patience.toMillis()
                            + " ms; it goes on in the background",
                    e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BumbaException known
                    ? known.here()
                    : new BumbaException(BumbaException.Code.PROTOCOL, "could not release territory " + id, e);
        }
    }
}

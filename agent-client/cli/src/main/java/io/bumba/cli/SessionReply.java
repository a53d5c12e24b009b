package io.bumba.cli;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Sends one answer, when it is there, to somebody who may have gone meanwhile. HTTP/1.1 does not tell of that until
 * something is written; so every second a {@code 102 Processing} is. The first one that cannot be delivered cancels what
 * is waited for, and an answer that cannot be delivered undoes what it tells.
 *
 * <p>What remains: whoever goes in the moment after the answer was written into the socket holds what it asked for.
 * {@code held} lists it, and the end of the session frees it.
 */
final class SessionReply {
    private static final Duration BEAT = Duration.ofSeconds(1);

    private final Request request;
    private final Response response;
    private final Callback callback;

    private final Object lock = new Object();
    private CompletableFuture<Void> beat = CompletableFuture.completedFuture(null);
    private Scheduler.@Nullable Task next;
    private boolean answered;

    SessionReply(Request request, Response response, Callback callback) {
        this.request = request;
        this.response = response;
        this.callback = callback;
    }

    void send(SessionDesk.Asked asked) {
        request.addFailureListener(failure -> asked.answer().cancel(false));
        schedule(asked);
        CompletableFuture<SessionAnswer> unused = asked.answer().whenComplete((answer, cancelled) -> {
            CompletableFuture<Void> underWay;
            synchronized (lock) {
                answered = true;
                Scheduler.Task planned = next;
                if (planned != null) {
                    planned.cancel();
                }
                underWay = beat;
            }
            if (cancelled != null) {
                callback.failed(cancelled);
                return;
            }
            // Two writes at once are not allowed; and one after a failure tells of it by failing too.
            CompletableFuture<Void> unusedToo =
                    underWay.whenComplete((written, failure) -> write(answer, asked.json()));
        });
    }

    private void schedule(SessionDesk.Asked asked) {
        synchronized (lock) {
            if (!answered) {
                next = request.getComponents()
                        .getScheduler()
                        .schedule(() -> beat(asked), BEAT.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private void beat(SessionDesk.Asked asked) {
        CompletableFuture<Void> written;
        synchronized (lock) {
            if (answered) {
                return;
            }
            written = response.writeInterim(HttpStatus.PROCESSING_102, HttpFields.EMPTY);
            beat = written;
        }
        CompletableFuture<Void> unused = written.whenComplete((done, failure) -> {
            if (failure == null) {
                schedule(asked);
            } else {
                asked.answer().cancel(false);
            }
        });
    }

    private void write(SessionAnswer answer, boolean json) {
        response.setStatus(HttpStatus.OK_200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
        response.write(
                true,
                BufferUtil.toBuffer(answer.lines(json), StandardCharsets.UTF_8),
                Callback.from(callback::succeeded, failure -> {
                    answer.undelivered().run();
                    callback.failed(failure);
                }));
    }
}

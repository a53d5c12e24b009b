package io.bumba.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The territory of one {@code bumba claim} inside a session, which owns it. While this process attends to it the session
 * gives it back when the process is gone. Thread-safe.
 */
final class SessionTerritory implements KeptTerritory {
    private static final Duration CONFIRMED = Duration.ofSeconds(12);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SessionClient session;
    private final JsonNode told;
    private final CompletableFuture<SessionClient.Answer> attending;
    private final CompletableFuture<String> end = new CompletableFuture<>();

    private SessionTerritory(SessionClient session, JsonNode told) {
        this.session = session;
        this.told = told;
        attending = session.send(List.of(AttendVerb.NAME, id()));
        CompletableFuture<SessionClient.Answer> unused = attending.whenComplete((answer, failure) -> {
            if (answer != null) {
                // Its end by our own word is none to tell of.
                answer.why().ifPresent(end::complete);
            } else if (!attending.isCancelled()) {
                end.complete(String.valueOf(Cancellable.cause(failure).getMessage()));
            }
        });
    }

    /** @param answer of a session that has claimed it, in JSON */
    static SessionTerritory of(SessionClient session, SessionClient.Answer answer) {
        try {
            return new SessionTerritory(session, JSON.readTree(answer.out().get(0)));
        } catch (JsonProcessingException | IndexOutOfBoundsException e) {
            throw new CliException(ExitCode.PROBLEM, "the session's answer is not that of this version", e);
        }
    }

    @Override
    public String id() {
        return told.path("id").asText();
    }

    @Override
    public String agent() {
        return told.path("agent").asText();
    }

    @Override
    public String area() {
        List<String> patterns = new ArrayList<>();
        told.path("patterns").forEach(pattern -> patterns.add(pattern.asText()));
        return told.path("type").asText() + ": " + TerritoryAnswers.shown(patterns);
    }

    @Override
    public CompletableFuture<String> end() {
        return end;
    }

    @Override
    public Optional<String> release(Consumer<String> news) {
        try {
            SessionClient.Answer answer = session.ask(CONFIRMED, List.of("release", id()));
            if (answer.code() != ExitCode.OK.number()) {
                end.complete(answer.why().orElse("territory " + id() + " was lost"));
            }
        } catch (CliException e) {
            news.accept(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            news.accept("interrupted; the session gives territory " + id() + " back");
        } finally {
            attending.cancel(false);
        }
        return Optional.ofNullable(end.getNow(null));
    }
}

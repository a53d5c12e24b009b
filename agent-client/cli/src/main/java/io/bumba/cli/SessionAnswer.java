package io.bumba.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bumba.BumbaException;
import io.bumba.lock.Claim;
import io.bumba.lock.Holder;
import io.bumba.lock.LockRefusedException;
import io.bumba.lock.LockResult;
import io.bumba.territory.TerritoryRefusedException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * What a session answers to one call: what belongs on stdout and on stderr, the same as JSON, and the exit code.
 *
 * <p>Over the socket it is lines: {@code 1 TEXT} for stdout, {@code 2 TEXT} for stderr, and at the very end {@code = CODE},
 * so that an answer that was cut off is known by it. Every text is one line and printable.
 *
 * @param out for people, on stdout
 * @param notes for people, on stderr
 * @param json for programs, on stdout in the place of {@code out}
 * @param undelivered what to do when whoever asked is gone and cannot hear of it
 */
record SessionAnswer(ExitCode code, List<String> out, List<String> notes, ObjectNode json, Runnable undelivered) {
    /** Nothing in it may turn the reading order or move the cursor of a terminal. */
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    SessionAnswer {
        out = List.copyOf(out);
        notes = List.copyOf(notes);
    }

    static SessionAnswer done(List<String> out, ObjectNode json) {
        return new SessionAnswer(ExitCode.OK, out, List.of(), json, () -> {});
    }

    /** Why not, and with which code. */
    static SessionAnswer refusal(Throwable failure) {
        Exception e = failure instanceof CompletionException && failure.getCause() instanceof Exception cause
                ? cause
                : failure instanceof Exception exception ? exception : new IllegalStateException(failure);
        ExitCode code = e instanceof BumbaException bumba && bumba.code() == BumbaException.Code.SESSION_LOST
                ? ExitCode.LOST
                : Errors.code(e);
        String message = Text.oneLine(Errors.line(e));
        ObjectNode json = object();
        json.put("error", code.name()).put("message", message);
        if (e instanceof LockRefusedException refused) {
            describe(refused.result(), json);
        } else if (e instanceof TerritoryRefusedException refused) {
            TerritoryAnswers.describe(refused.result(), json);
        }
        return new SessionAnswer(code, List.of(), List.of(message), json, () -> {});
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static void describe(LockResult result, ObjectNode json) {
        json.put("path", result.path().value());
        List<Holder> holders = result instanceof LockResult.Held held
                ? held.holders()
                : result instanceof LockResult.TimedOut late ? late.holders() : List.of();
        var list = json.putArray("holders");
        for (Holder holder : holders) {
            list.addObject()
                    .put("agent", holder.agent())
                    .put("mode", holder.mode().name())
                    .put("since", holder.since().toString())
                    .put("reason", holder.reason())
                    .put("token", holder.token().toString());
        }
        if (result instanceof LockResult.TerritoryForbids forbids) {
            Claim claim = forbids.claim();
            json.putObject("territory")
                    .put("id", claim.territory())
                    .put("title", claim.title())
                    .put("type", claim.type())
                    .put("owner", claim.owner())
                    .put("since", claim.since().toString())
                    .put("pattern", claim.pattern());
        }
    }

    /** The lines that go over the socket. */
    String lines(boolean asJson) {
        StringBuilder lines = new StringBuilder();
        if (asJson) {
            lines.append("1 ")
                    .append(jsonLine(json.deepCopy().put("exitCode", code.number())))
                    .append('\n');
        } else {
            out.forEach(line -> lines.append("1 ").append(Text.oneLine(line)).append('\n'));
        }
        notes.forEach(
                note -> lines.append("2 bumba: ").append(Text.oneLine(note)).append('\n'));
        return lines.append("= ").append(code.number()).append('\n').toString();
    }

    /** The one line that says why not, or empty when it is done. */
    Optional<String> why() {
        return code == ExitCode.OK ? Optional.empty() : notes.stream().findFirst();
    }

    /** One line that is safe on a terminal. */
    static String jsonLine(ObjectNode json) {
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.bumba.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bumba.lock.Claim;
import io.bumba.lock.LockEntry;
import io.bumba.territory.Explanation;
import java.util.ArrayList;
import java.util.List;

/** Who may do what with a file, for people and as the JSON that a coordinator answers too. Pure. */
final class ExplanationLines {
    private ExplanationLines() {}

    static ObjectNode json(Explanation explanation) {
        ObjectNode json = SessionAnswer.object().put("path", explanation.path().value());
        explanation.agent().ifPresent(agent -> json.put("agent", agent));
        verdict(explanation.writes(), json.putObject("writes"));
        verdict(explanation.reads(), json.putObject("reads"));
        ArrayNode territories = json.putArray("territories");
        explanation.claims().forEach(claim -> claim(claim, territories.addObject()));
        lock(explanation.lock(), json.putObject("lock"));
        return json;
    }

    private static void verdict(Explanation.Verdict verdict, ObjectNode into) {
        into.put("allowed", verdict.allowed())
                .put("why", verdict.why())
                .put("territory", verdict.by().map(Claim::territory).orElse(null));
    }

    private static void claim(Explanation.TerritoryClaim claim, ObjectNode into) {
        into.put("territory", claim.claim().territory())
                .put("title", claim.claim().title())
                .put("owner", claim.claim().owner())
                .put("type", claim.claim().type())
                .put("state", claim.state().name())
                .put("since", claim.claim().since().toString())
                .put("pattern", claim.pattern())
                .put("admits", claim.admits());
    }

    private static void lock(LockEntry lock, ObjectNode into) {
        into.put("path", lock.path().value());
        ArrayNode holders = into.putArray("holders");
        lock.holders().forEach(holder -> holders.addObject()
                .put("agent", holder.agent())
                .put("mode", holder.mode().name())
                .put("since", holder.since().toString())
                .put("reason", holder.reason())
                .put("token", holder.token().toString()));
        ArrayNode waiters = into.putArray("waiters");
        lock.waiters().forEach(waiter -> waiters.addObject()
                .put("agent", waiter.agent())
                .put("mode", waiter.mode().name())
                .put("since", waiter.since().toString())
                .put("reason", waiter.reason()));
    }

    /** @param answer as {@link #json} makes it */
    static List<String> of(JsonNode answer) {
        List<String> lines = new ArrayList<>();
        String agent = answer.path("agent").asText("");
        lines.add(answer.path("path").asText() + ", for "
                + (agent.isEmpty() || agent.equals("null") ? "an agent that owns nothing" : agent));
        lines.add("  write  " + verdict(answer.path("writes")));
        lines.add("  read   " + verdict(answer.path("reads")));
        for (JsonNode claim : answer.path("territories")) {
            lines.add("  territory " + claim.path("territory").asText() + " ("
                    + claim.path("type").asText() + ", " + claim.path("state").asText() + ") of "
                    + claim.path("owner").asText() + " since "
                    + Text.seconds(claim.path("since").asText()) + ", by its pattern "
                    + claim.path("pattern").asText() + ": "
                    + claim.path("title").asText()
                    + (claim.path("admits").asBoolean() ? "; it admits the agent" : ""));
        }
        JsonNode lock = answer.path("lock");
        for (JsonNode holder : lock.path("holders")) {
            lines.add("  held by " + who(holder));
        }
        for (JsonNode waiter : lock.path("waiters")) {
            lines.add("  waiting: " + who(waiter));
        }
        lines.add("  next   " + next(answer, agent));
        return lines.stream().map(ExplanationLines::printable).toList();
    }

    private static String verdict(JsonNode verdict) {
        return (verdict.path("allowed").asBoolean() ? "yes, " : "no: ")
                + verdict.path("why").asText();
    }

    private static String who(JsonNode who) {
        String reason = who.path("reason").asText("");
        return who.path("agent").asText() + " (" + who.path("mode").asText() + " since "
                + Text.seconds(who.path("since").asText()) + (reason.isEmpty() ? "" : ": " + reason) + ")";
    }

    private static String next(JsonNode answer, String agent) {
        JsonNode writes = answer.path("writes");
        if (!writes.path("allowed").asBoolean()) {
            String by = writes.path("territory").asText("");
            return by.isEmpty() || by.equals("null")
                    ? "ask again in two seconds"
                    : (answer.path("reads").path("allowed").asBoolean()
                                    ? "read it under a shared lock; to write, "
                                    : "")
                            + "ask the owner of " + by + " to release it, wait for it ('bumba claim --wait'), or work"
                            + " elsewhere; an operator can 'bumba revoke " + by + "'";
        }
        for (JsonNode holder : answer.path("lock").path("holders")) {
            return holder.path("agent").asText().equals(agent)
                    ? "the agent holds it: edit, then unlock it"
                    : "wait for the lock ('--wait'), work on another file, or ask the holder";
        }
        return "lock it, then edit it";
    }

    private static String printable(String line) {
        return line.startsWith("  ") ? "  " + Text.oneLine(line) : Text.oneLine(line);
    }
}

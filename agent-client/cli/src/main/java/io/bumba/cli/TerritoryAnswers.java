package io.bumba.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bumba.path.PathPattern;
import io.bumba.path.PathPatterns;
import io.bumba.territory.AllocateResult;
import io.bumba.territory.Conflict;
import io.bumba.territory.TerritoryGrant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What came of a request for a territory, as an exit code, a line and JSON. Pure. */
final class TerritoryAnswers {
    /** How many patterns one line names. */
    private static final int MAX_SHOWN = 5;

    private TerritoryAnswers() {}

    static ExitCode code(AllocateResult result) {
        if (result instanceof AllocateResult.Allocated) {
            return ExitCode.OK;
        }
        if (result instanceof AllocateResult.Conflicting || result instanceof AllocateResult.Deadlock) {
            return ExitCode.HELD;
        }
        return result instanceof AllocateResult.Rejected ? ExitCode.PROBLEM : ExitCode.LOST;
    }

    /** Who it is, and what of. */
    static String inTheWay(AllocateResult.Conflicting conflicting) {
        String who = conflicting.conflicts().stream().map(Conflict::message).collect(Collectors.joining("; "));
        return (who.isEmpty() ? "somebody is in the way" : who)
                + (conflicting.more() == 0 ? "" : "; and " + conflicting.more() + " more");
    }

    /** Such as {@code EXCLUSIVE: src/** docs/**}. */
    static String area(TerritoryGrant grant) {
        return grant.type() + ": " + shown(grant.patterns());
    }

    private static String shown(PathPatterns patterns) {
        String some = patterns.patterns().stream()
                .limit(MAX_SHOWN)
                .map(PathPattern::value)
                .collect(Collectors.joining(" "));
        return patterns.size() > MAX_SHOWN ? some + " and " + (patterns.size() - MAX_SHOWN) + " more" : some;
    }

    /** The same of texts, such as a coordinator's. */
    static String shown(List<String> patterns) {
        String some = patterns.stream().limit(MAX_SHOWN).collect(Collectors.joining(" "));
        return patterns.size() > MAX_SHOWN ? some + " and " + (patterns.size() - MAX_SHOWN) + " more" : some;
    }

    static ObjectNode describe(TerritoryGrant grant, ObjectNode into) {
        into.put("id", grant.id())
                .put("title", grant.title())
                .put("type", grant.type().name());
        texts(grant.patterns().patterns().stream().map(PathPattern::value).toList(), into.putArray("patterns"));
        return into;
    }

    /** Why not. */
    static ObjectNode describe(AllocateResult refusal, ObjectNode into) {
        if (refusal instanceof AllocateResult.Conflicting conflicting) {
            ArrayNode conflicts = into.putArray("conflicts");
            conflicting.conflicts().forEach(conflict -> describe(conflict, conflicts.addObject()));
            into.put("more", conflicting.more()).put("waited", conflicting.waited());
            texts(conflicting.free(), into.putArray("free"));
        } else if (refusal instanceof AllocateResult.Rejected rejected) {
            into.put("rule", rejected.rule());
        } else if (refusal instanceof AllocateResult.Deadlock deadlock) {
            ArrayNode cycle = into.putArray("cycle");
            deadlock.cycle().forEach(link -> cycle.addObject()
                    .put("agent", link.agent())
                    .put("path", link.path())
                    .put("blocker", link.blocker()));
        }
        return into;
    }

    private static void describe(Conflict conflict, ObjectNode into) {
        into.put("agent", conflict.agent())
                .put("kind", conflict.kind().name())
                .put("what", conflict.what())
                .put("mine", conflict.mine())
                .put("theirs", conflict.theirs())
                .put("since", conflict.since().toString())
                .put("reason", conflict.reason());
    }

    private static void texts(Collection<String> texts, ArrayNode into) {
        texts.forEach(into::add);
    }
}

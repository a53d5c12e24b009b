package io.bumba.chaos;

import io.bumba.chaos.Finding.Rule;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a campaign came to.
 *
 * @param findings what must not be; empty for a clean one
 * @param answers how many requests came to what
 * @param holds how many grants were recorded
 * @param steps how many waiters stepped from the queue into the line, each judged
 * @param counted how often the non-atomic counter was raised
 * @param struck the strikes that took effect
 */
record Verdict(
        List<Finding> findings,
        Map<String, Long> answers,
        int holds,
        int steps,
        long counted,
        Map<Kind, Integer> struck) {
    private static final int SHOWN = 10;

    Verdict {
        findings = List.copyOf(findings);
        answers = Map.copyOf(answers);
        struck = Map.copyOf(struck);
    }

    boolean isClean() {
        return findings.isEmpty();
    }

    Set<Rule> rules() {
        return findings.stream().map(Finding::rule).collect(Collectors.toSet());
    }

    /** The first findings of each rule, and how many there are. */
    String shown() {
        return shown(findings);
    }

    /** The same of any findings. */
    static String shown(List<Finding> findings) {
        if (findings.isEmpty()) {
            return "nothing found";
        }
        Map<Rule, List<Finding>> byRule = findings.stream()
                .collect(Collectors.groupingBy(Finding::rule, () -> new EnumMap<>(Rule.class), Collectors.toList()));
        return byRule.values().stream()
                .map(Verdict::few)
                .collect(Collectors.joining("\n", findings.size() + " findings\n", ""));
    }

    private static String few(Collection<Finding> ofOneRule) {
        return ofOneRule.stream().limit(SHOWN).map(Finding::toString).collect(Collectors.joining("\n"))
                + (ofOneRule.size() > SHOWN ? "\n… and " + (ofOneRule.size() - SHOWN) + " more" : "");
    }

    /** Some lines of numbers. */
    String summary() {
        return "requests "
                + answers.values().stream().mapToLong(Long::longValue).sum() + " "
                + new TreeMap<>(answers) + "\nholds    " + holds + ", waiters judged " + steps + ", counted " + counted
                + "\nstrikes  " + new TreeMap<>(struck);
    }
}

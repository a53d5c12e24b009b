package io.bumba.chaos;

import io.bumba.chaos.Finding.Rule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a campaign with territories came to.
 *
 * @param findings what must not be; empty for a clean one
 * @param answers how many requests for territories came to what
 * @param counts what the races came to
 * @param activations how often a territory came into force or got another area: each was judged
 * @param contenders how many contenders for locks there were: each was judged
 */
record TerritoryVerdict(
        List<Finding> findings,
        Map<String, Long> answers,
        Map<String, Integer> counts,
        int activations,
        long contenders) {
    TerritoryVerdict {
        findings = List.copyOf(findings);
        answers = Map.copyOf(answers);
        counts = Map.copyOf(counts);
    }

    boolean isClean() {
        return findings.isEmpty();
    }

    Set<Rule> rules() {
        return findings.stream().map(Finding::rule).collect(Collectors.toSet());
    }

    /** The first findings of each rule, and how many there are. */
    String shown() {
        return Verdict.shown(findings);
    }

    /** Some lines of numbers. */
    String summary() {
        return "answers  " + new TreeMap<>(answers)
                + (counts.isEmpty() ? "" : "\nraces    " + new TreeMap<>(counts))
                + "\njudged   " + activations + " territories that came into force, " + contenders + " contenders";
    }
}

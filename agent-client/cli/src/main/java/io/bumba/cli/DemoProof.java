package io.bumba.cli;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the files and the agents' ledgers say after a run. Pure: computed from the two, and from what the files held
 * before.
 *
 * @param acknowledged edits that an agent was told had succeeded
 * @param lost acknowledged edits that are in no file
 * @param repeated edits that are in the files more than once
 * @param unknown edits in the files that nobody acknowledged
 * @param wrongCounters files whose counter is not the number of their acknowledged edits
 * @param damaged files that do not begin with what they held before the run
 */
record DemoProof(
        int acknowledged, int lost, int repeated, int unknown, List<String> wrongCounters, List<String> damaged) {
    /**
     * A file of the demo.
     *
     * @param path relative to the tree's root
     * @param before its bytes before the run, as ISO 8859-1
     * @param after its bytes after the run
     */
    record File(String path, String before, String after) {}

    static DemoProof of(Collection<File> files, Collection<DemoLedger.Entry> ledgers) {
        Map<DemoLedger.Entry, Integer> found = new HashMap<>();
        for (File file : files) {
            file.after()
                    .lines()
                    .flatMap(line -> DemoEdit.in(line).stream())
                    .forEach(edit -> found.merge(new DemoLedger.Entry(file.path(), edit), 1, Integer::sum));
        }
        Set<DemoLedger.Entry> acknowledged = new HashSet<>(ledgers);
        return new DemoProof(
                acknowledged.size(),
                (int) acknowledged.stream().filter(e -> !found.containsKey(e)).count(),
                (int) found.values().stream().filter(count -> count > 1).count(),
                (int) found.keySet().stream()
                        .filter(e -> !acknowledged.contains(e))
                        .count(),
                files.stream()
                        .filter(f -> DemoEdit.counterIn(f.after(), style(f))
                                != ledgers.stream()
                                        .filter(e -> e.path().equals(f.path()))
                                        .count())
                        .map(File::path)
                        .toList(),
                files.stream()
                        .filter(f -> !f.after().startsWith(f.before()))
                        .map(File::path)
                        .toList());
    }

    private static CommentStyle style(File file) {
        return CommentStyle.of(file.path()).orElseThrow();
    }

    boolean everyEditExactlyOnce() {
        return acknowledged > 0 && lost == 0 && repeated == 0 && unknown == 0;
    }

    boolean holds() {
        return everyEditExactlyOnce() && wrongCounters.isEmpty() && damaged.isEmpty();
    }
}

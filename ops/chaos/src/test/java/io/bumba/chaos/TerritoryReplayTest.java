package io.bumba.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.chaos.Asked.InTheWay;
import io.bumba.chaos.Finding.Rule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The negative controls of the judge over territories, and what it must not condemn. */
class TerritoryReplayTest {
    private static final String HOME = "/bumba/workspaces/default";
    private static final Universe UNIVERSE = new Universe(List.of("a/x", "a/y", "b/x", "b/y"));

    private final List<Change> changes = new ArrayList<>();

    @Test
    void territoriesThatHaveNothingInCommonAreRight() {
        place(1, "t1", "ann", "EXCLUSIVE", "ACTIVE", "a/*");
        place(2, "t2", "ben", "EXCLUSIVE", "ACTIVE", "b/*");
        place(3, "t3", "cat", "MONITORED", "PENDING", "a/x");
        assertThat(rules()).isEmpty();
        assertThat(replay().activations()).isEqualTo(2);
    }

    @Test
    void twoThatShareAPathAreFound() {
        place(1, "t1", "ann", "EXCLUSIVE", "ACTIVE", "a/*");
        place(2, "t2", "ben", "MONITORED", "ACTIVE", "*/x");
        assertThat(rules()).containsExactly(Rule.TERRITORIES_OVERLAP);
    }

    @Test
    void sharedAndMonitoredOnesStandBesideEachOther() {
        place(1, "t1", "ann", "SHARED", "ACTIVE", "a/*");
        place(2, "t2", "ben", "MONITORED", "ACTIVE", "*/x");
        assertThat(rules()).isEmpty();
    }

    @Test
    void oneThatGrowsOverAnotherIsFound() {
        place(1, "t1", "ann", "EXCLUSIVE", "ACTIVE", "a/x");
        place(2, "t2", "ben", "EXCLUSIVE", "ACTIVE", "b/*");
        changes.add(new Change(
                3,
                1,
                List.of(made("t1/claims/*:x", "")),
                List.of(HOME + "/territories/t1/claims/a:x"),
                List.of(made("t1", record("ann", "EXCLUSIVE", "ACTIVE", "*/x")))));
        assertThat(rules()).containsExactly(Rule.TERRITORIES_OVERLAP);
    }

    @Test
    void whatWasReleasedIsFree() {
        place(1, "t1", "ann", "EXCLUSIVE", "ACTIVE", "a/*");
        String home = HOME + "/territories/t1";
        changes.add(
                new Change(2, 1, List.of(), List.of(home + "/owner-n1", home + "/claims/a:*", home + "/claims", home)));
        place(3, "t2", "ben", "EXCLUSIVE", "ACTIVE", "*/x");
        lock(4, "a/y", "cat", 'W');
        assertThat(rules()).isEmpty();
        assertThat(replay().left()).containsExactly("t2");
    }

    @Test
    void aLockInsideAnothersTerritoryIsFoundWhicheverCameFirst() {
        place(1, "t1", "ann", "EXCLUSIVE", "ACTIVE", "a/*");
        lock(2, "a/x", "ann", 'W');
        assertThat(rules()).isEmpty();
        lock(3, "a/y", "ben", 'R');
        assertThat(rules()).containsExactly(Rule.LOCK_INSIDE);
        changes.clear();
        lock(1, "b/x", "ben", 'R');
        place(2, "t1", "ann", "EXCLUSIVE", "PENDING", "b/x");
        assertThat(rules()).isEmpty();
        changes.add(new Change(
                3, 1, List.of(), List.of(), List.of(made("t1", record("ann", "EXCLUSIVE", "ACTIVE", "b/x")))));
        assertThat(rules()).containsExactly(Rule.LOCK_INSIDE);
    }

    @Test
    void aWriterInsideASharedTerritoryIsFoundAndAReaderIsNot() {
        place(1, "t1", "ann", "SHARED", "ACTIVE", "a/*");
        lock(2, "a/x", "ben", 'R');
        assertThat(rules()).isEmpty();
        lock(3, "a/x", "ann", 'W');
        assertThat(rules()).containsExactly(Rule.LOCK_INSIDE);
    }

    @Test
    void aTerritoryThatIsNotWholeIsFound() {
        changes.add(new Change(1, 1, List.of(made("t1", record("ann", "EXCLUSIVE", "ACTIVE", "a/x"))), List.of()));
        assertThat(rules()).containsExactly(Rule.HALF_GRANTED);
        changes.clear();
        changes.add(new Change(
                1,
                1,
                List.of(made("t1", record("ann", "EXCLUSIVE", "ACTIVE", "a/x")), made("t1/claims/a:x", "")),
                List.of()));
        assertThat(rules()).as("without an owner").containsExactly(Rule.HALF_GRANTED);
    }

    @Test
    void aRefusalNamesWhatWasInTheWayAtSomeMomentOfTheCall() {
        place(5, "t1", "ann", "EXCLUSIVE", "ACTIVE", "a/*");
        lock(6, "b/x", "ann", 'W');
        InTheWay territory = new InTheWay("TERRITORY", "ann", "t1");
        assertThat(refused("a/x", 1, 5, territory)).isEmpty();
        assertThat(refused("a/x", 1, 4, territory)).containsExactly(Rule.REFUSED_FOR_NOTHING);
        assertThat(refused("b/x", 1, 5, territory)).containsExactly(Rule.REFUSED_FOR_NOTHING);
        assertThat(refused("a/x", 1, 5)).containsExactly(Rule.REFUSED_FOR_NOTHING);
        InTheWay lock = new InTheWay("LOCK", "ann", "b/x");
        assertThat(refused("b/*", 6, 9, lock)).isEmpty();
        assertThat(refused("b/*", 1, 5, lock)).containsExactly(Rule.REFUSED_FOR_NOTHING);
        changes.add(new Change(7, 1, List.of(), List.of(HOME + "/territories/t1/owner-n1")));
        assertThat(refused("a/x", 7, 9, territory)).as("its owner was gone").containsExactly(Rule.REFUSED_FOR_NOTHING);
    }

    @Test
    void oneThatWaitsIsInTheWayOnlyWhileNothingKeepsItFromWhatItAskedFor() {
        place(1, "t1", "ann", "EXCLUSIVE", "ACTIVE", "a/*");
        String request = "{\"agent\":\"ben\",\"title\":\"w\",\"territory\":\"t2\",\"type\":\"EXCLUSIVE\","
                + "\"patterns\":[\"a/x\",\"b/x\"]}";
        changes.add(new Change(2, 2, List.of(new Change.Made(HOME + "/requests/r", request)), List.of()));
        InTheWay waiting = new InTheWay("REQUEST", "ben", "w");
        assertThat(refused("b/x", 3, 9, waiting)).containsExactly(Rule.REFUSED_FOR_NOTHING);
        changes.add(new Change(8, 1, List.of(), List.of(HOME + "/territories/t1")));
        assertThat(refused("b/x", 3, 9, waiting)).isEmpty();
    }

    @Test
    void anAnswerIsOwedToWhoeverLives() {
        Asked open = new Asked("t", "ann", "EXCLUSIVE", List.of("a/x"), false, false, 1);
        assertThat(TerritoryJudge.answers(List.of(open), replay(), UNIVERSE, true))
                .extracting(Finding::rule)
                .containsExactly(Rule.UNANSWERED);
        assertThat(TerritoryJudge.answers(List.of(open), replay(), UNIVERSE, false))
                .isEmpty();
    }

    @Test
    void aGrantIsOfATerritoryThatWasInForceWithWhatWasAskedFor() {
        place(5, "t1", "ann", "EXCLUSIVE", "ACTIVE", "a/*");
        assertThat(granted("a/*", 1, 5)).isEmpty();
        assertThat(granted("a/*", 1, 4)).containsExactly(Rule.NEVER_ACTIVE);
        assertThat(granted("a/x", 1, 5)).containsExactly(Rule.NEVER_ACTIVE);
        Asked other = new Asked("title", "ann", "EXCLUSIVE", List.of("a/x"), false, false, 1);
        assertThat(TerritoryJudge.patterns(List.of(other), replay()))
                .extracting(Finding::rule)
                .containsExactly(Rule.HALF_GRANTED);
    }

    private List<Rule> granted(String pattern, long begin, long end) {
        return judged(new Asked(
                "title", "ann", "EXCLUSIVE", List.of(pattern), false, false, begin, "Allocated", "t1", List.of(), end));
    }

    private List<Rule> refused(String pattern, long begin, long end, InTheWay... named) {
        return judged(new Asked(
                "mine",
                "dan",
                "EXCLUSIVE",
                List.of(pattern),
                false,
                false,
                begin,
                "Conflicting",
                "",
                List.of(named),
                end));
    }

    private List<Rule> judged(Asked asked) {
        return TerritoryJudge.answers(List.of(asked), replay(), UNIVERSE, true).stream()
                .map(Finding::rule)
                .toList();
    }

    private void place(long zxid, String id, String owner, String type, String state, String pattern) {
        changes.add(new Change(
                zxid,
                1,
                List.of(
                        made(id, record(owner, type, state, pattern)),
                        made(id + "/owner-n1", ""),
                        made(id + "/claims", ""),
                        made(id + "/claims/" + pattern.replace('/', ':'), "")),
                List.of()));
    }

    private void lock(long zxid, String file, String agent, char mode) {
        changes.add(new Change(
                zxid,
                1,
                List.of(new Change.Made(
                        HOME + "/locks/" + file + "@lock/" + Truth.line(agent.substring(0, 1), mode, 0),
                        "{\"agent\":\"" + agent + "\"}")),
                List.of()));
    }

    private static Change.Made made(String below, String data) {
        return new Change.Made(HOME + "/territories/" + below, data);
    }

    private static String record(String owner, String type, String state, String pattern) {
        return "{\"title\":\"title\",\"owner\":\"" + owner + "\",\"ownerNode\":\"n1\",\"type\":\"" + type
                + "\",\"state\":\"" + state + "\",\"patterns\":[\"" + pattern + "\"]}";
    }

    private List<Rule> rules() {
        return replay().findings().stream().map(Finding::rule).toList();
    }

    private TerritoryReplay replay() {
        return TerritoryReplay.of(changes, HOME, UNIVERSE);
    }
}

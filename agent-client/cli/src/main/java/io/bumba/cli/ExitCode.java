package io.bumba.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/** What the exit code of {@code bumba} tells a script. Stable across versions. */
enum ExitCode {
    OK(0, "done"),
    PROBLEM(1, "it failed for another reason, or doctor found a problem"),
    USAGE(2, "the command line is not right"),
    HELD(3, "a lock or a territory is held by another"),
    UNREACHABLE(4, "the coordinator or ZooKeeper cannot be reached"),
    LOST(
            5,
            "a lock or territory was lost while the command ran (run, claim: it was ended), or the session's agent has ended"),
    NOT_BOUND(6, "the directory is not bound by 'bumba init', or to another workspace or cluster"),
    NOT_HELD(7, "unlock, release, resize: the session does not have it; break, revoke, territories: nobody does"),
    NOT_EXECUTABLE(126, "run, claim, session: the command cannot be executed"),
    NOT_FOUND(127, "run, claim, session: the command was not found");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    int number() {
        return number;
    }

    /** Puts the list into the help of bumba and of the commands that run another. */
    static void describeIn(CommandLine bumba, CommandLine... runners) {
        bumba.getCommandSpec().usageMessage().exitCodeList(list(false));
        for (CommandLine runner : runners) {
            runner.getCommandSpec().usageMessage().exitCodeList(list(true));
        }
    }

    private static Map<String, String> list(boolean ofRun) {
        Map<String, String> list = new LinkedHashMap<>();
        if (ofRun) {
            list.put("n", "the command's own exit code; 128+n when signal n ended it");
        }
        for (ExitCode code : values()) {
            list.put(Integer.toString(code.number), code.meaning);
        }
        return list;
    }
}

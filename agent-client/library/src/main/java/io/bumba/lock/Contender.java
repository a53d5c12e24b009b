package io.bumba.lock;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A child of a lock's node, as Curator's read/write recipe names it: {@code _c_{uuid}-__WRIT__{sequence}}.
 *
 * @param name the whole name
 * @param promoted whether it came out of the queue: the uuid ends in {@link #PROMOTED}
 * @param mode exclusive for {@code __WRIT__}, shared for {@code __READ__}
 * @param sequence as ZooKeeper gave it; it wraps around to negative after 2^31
 */
record Contender(String name, boolean promoted, LockMode mode, int sequence) implements Standing {
    /** How the uuid of a contender from the queue ends; by chance one in 2^32 does. */
    static final String PROMOTED = "0bb00bb0";

    private static final String PROTECTED = "_c_";

    /** How many characters of the uuid are a request's own, whatever becomes of it. */
    static final int OWN = 36 - PROMOTED.length();

    private static final Pattern NAME =
            Pattern.compile("(?:_c_[0-9a-fA-F-]{28}([0-9a-fA-F]{8})-)?__(WRIT|READ)__(-?[0-9]{10})");

    /** What stock {@code InterProcessMutex} calls its nodes; its order is not ours. */
    private static final Pattern MUTEX = Pattern.compile("(?:_c_[0-9a-fA-F-]{36}-)?lock-(-?[0-9]{10})");

    /** By sequence, across the wrap: the living ones are never 2^31 apart (serial numbers, RFC 1982). */
    static final Comparator<Contender> IN_LINE = (a, b) -> a.sequence - b.sequence;

    static Optional<Contender> parse(String name) {
        Matcher match = NAME.matcher(name);
        if (!match.matches()) {
            return Optional.empty();
        }
        LockMode mode = match.group(2).equals("WRIT") ? LockMode.EXCLUSIVE : LockMode.SHARED;
        boolean promoted = PROMOTED.equals(match.group(1));
        return Optional.of(new Contender(name, promoted, mode, (int) Long.parseLong(match.group(3))));
    }

    static boolean isMutex(String name) {
        return MUTEX.matcher(name).matches();
    }

    /** The name up to the sequence number. */
    static String prefix(String uuid, LockMode mode) {
        return "_c_" + uuid + (mode == LockMode.EXCLUSIVE ? "-__WRIT__" : "-__READ__");
    }

    @Override
    public String own() {
        return name.startsWith(PROTECTED) ? name.substring(PROTECTED.length(), PROTECTED.length() + OWN) : "";
    }

    /** The name of the same place in the line, held otherwise. */
    String inMode(LockMode other) {
        return name.replaceFirst(
                "__(WRIT|READ)__(-?[0-9]{10})$", (other == LockMode.EXCLUSIVE ? "__WRIT__" : "__READ__") + "$2");
    }

    boolean excludes(Contender other) {
        return isExclusive() || other.isExclusive();
    }

    boolean isExclusive() {
        return mode == LockMode.EXCLUSIVE;
    }
}

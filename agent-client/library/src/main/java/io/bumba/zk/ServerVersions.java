package io.bumba.zk;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is known of versions of the ZooKeeper server that must not carry locks. */
public final class ServerVersions {
    private static final Pattern VERSION = Pattern.compile("(?im)^Zookeeper version: *(\\d+\\.\\d+\\.\\d+)");

    private static final Map<String, String> DEFECTS = Map.of(
            "3.9.3",
            "loses data: a follower that rejoins keeps a hole in its committed log and, once leader, passes it on,"
                    + " so acknowledged writes vanish (ZOOKEEPER-4925); move the servers to 3.9.4 or later");

    private ServerVersions() {}

    /** The version in a server's answer to the four-letter word {@code srvr}, such as {@code 3.9.5}. */
    public static Optional<String> inAnswer(String srvr) {
        Matcher matcher = VERSION.matcher(srvr);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** Why servers of this version are not to be used, and what to do; empty when nothing is known against it. */
    public static Optional<String> defect(String version) {
        return Optional.ofNullable(DEFECTS.get(version));
    }
}

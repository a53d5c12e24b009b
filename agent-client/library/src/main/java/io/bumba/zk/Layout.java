package io.bumba.zk;

import io.bumba.path.RepoPath;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.common.PathUtils;

/**
 * Where things are. Directories of the tree are znodes, so a subtree can be listed and no listing grows beyond one
 * directory:
 *
 * <pre>
 * {root}
 *   /cluster                                        the cluster's random id
 *   /agents/{agentId}                               ephemeral, AgentRecord
 *   /coordinators
 *   /leader                                         the latch of the coordinators
 *   /workspaces/{workspace}                         WorkspaceSettings
 *     /locks/src/auth/login.js@lock/_c_{uuid}-__WRIT__{seq}              contenders, in Curator's own naming
 *     /locks/src/auth/login.js@queue/{9-priority}-{R|W}-{uuid}-{seq}     waiters
 *     /waits/{agentId}/{uuid}                       ephemeral, what the agent waits for; the uuid is its contender's
 *     /breaks/{token, 16 hex digits}                who ended that grant, and why
 *     /revocations/{territory}@{act, 16 hex digits}   who revoked that territory, and why
 *     /accesses/{territory}/access-{seq}            who came for a file in that MONITORED territory, the last of them
 *     /territories                                  the ledger: its version is checked, its data lists the last changes
 *       /{territory}                                TerritoryRecord
 *         /owner-{uuid}                             ephemeral of the owner's session
 *         /claims/src:auth:**                       one for each pattern, for people's eyes; a slash is written as a colon
 *     /requests/{uuid}-{seq}                        ephemeral, who waits for a territory, in order of arrival
 *     /ledger-turn                                  stock InterProcessMutex: turns of the ledger's writers
 *     /clock                                        set by whoever needs the servers' time
 *     /policy                                       what may be claimed, by whom
 * </pre>
 *
 * @param root the znode below which everything lies
 * @param workspace the workspace of this connection
 */
public record Layout(String root, String workspace) {
    private static final String LOCK = "@lock";
    private static final String QUEUE = "@queue";

    public String cluster() {
        return root + "/cluster";
    }

    public String agents() {
        return root + "/agents";
    }

    public String agent(String id) {
        return agents() + "/" + id;
    }

    public String coordinators() {
        return root + "/coordinators";
    }

    public String workspaces() {
        return root + "/workspaces";
    }

    public String home() {
        return workspaces() + "/" + workspace;
    }

    public String locks() {
        return home() + "/locks";
    }

    public String waits() {
        return home() + "/waits";
    }

    /** The parent of what an agent waits for. */
    public String waits(String agent) {
        return waits() + "/" + agent;
    }

    /** The records of grants that an operator ended. */
    public String breaks() {
        return home() + "/breaks";
    }

    /** The record of the end of the grant with this token. */
    public String broken(long token) {
        return breaks() + "/" + String.format("%016x", token);
    }

    /** The records of territories that an operator revoked. */
    public String revocations() {
        return home() + "/revocations";
    }

    /** The record of one act by which a territory was revoked. */
    public String revoked(String territory, String act) {
        return revocations() + "/" + territory + "@" + act;
    }

    /** The parents of what MONITORED territories record. */
    public String accesses() {
        return home() + "/accesses";
    }

    /** The parent of what one MONITORED territory records. */
    public String accesses(String territory) {
        return accesses() + "/" + territory;
    }

    /** The name of a record up to its sequence number. */
    public String access(String territory) {
        return accesses(territory) + "/access-";
    }

    /** Whether it is the path of a znode of this workspace; of text that came from somebody else. */
    public boolean isInside(String text) {
        try {
            PathUtils.validatePath(text);
            return text.startsWith(home() + "/");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The latch by which the coordinators choose their leader. */
    public String leader() {
        return root + "/leader";
    }

    /** The ledger of territories. Every lock's creation checks its version. */
    public String territories() {
        return home() + "/territories";
    }

    public String territory(String id) {
        return territories() + "/" + id;
    }

    /** The ephemeral of a territory's owner. */
    public String owner(String id, String uuid) {
        return territory(id) + "/owner-" + uuid;
    }

    /** The parent of a territory's {@link #claim claims}. */
    public String claims(String id) {
        return territory(id) + "/claims";
    }

    /** The znode of one claimed pattern. */
    public String claim(String id, String pattern) {
        List<String> segments = new ArrayList<>();
        for (String segment : pattern.split("/", -1)) {
            segments.add(Names.encode(segment).replace(":", "%3A"));
        }
        return claims(id) + "/" + String.join(":", segments);
    }

    /** The parent of those who wait for territories. */
    public String requests() {
        return home() + "/requests";
    }

    /** Where writers of the ledger take turns. */
    public String ledgerTurn() {
        return home() + "/ledger-turn";
    }

    /** Whoever sets it learns the servers' time from it. */
    public String clock() {
        return home() + "/clock";
    }

    /** What may be claimed, by whom. */
    public String policy() {
        return home() + "/policy";
    }

    /** The parent of a file's contenders. */
    public String lock(RepoPath path) {
        return file(path) + LOCK;
    }

    /** The parent of a file's waiters. */
    public String queue(RepoPath path) {
        return file(path) + QUEUE;
    }

    /** The directories above a file's {@link #lock} and {@link #queue}, outermost first, {@link #locks} not among them. */
    public List<String> directories(RepoPath path) {
        List<String> above = new ArrayList<>();
        StringBuilder at = new StringBuilder(locks());
        List<String> segments = path.segments();
        for (String segment : segments.subList(0, segments.size() - 1)) {
            above.add(at.append('/').append(Names.encode(segment)).toString());
        }
        return above;
    }

    /** The znode of a directory of the tree, whose children are directories, and the locks and queues of files. */
    public String directory(List<String> segments) {
        StringBuilder at = new StringBuilder(locks());
        segments.forEach(segment -> at.append('/').append(Names.encode(segment)));
        return at.toString();
    }

    /** Whether a child of a directory below {@link #locks} is a file's parent of contenders. */
    public static boolean isLock(String child) {
        return child.endsWith(LOCK);
    }

    /** Whether a child of a directory below {@link #locks} is a file's parent of waiters. */
    public static boolean isQueue(String child) {
        return child.endsWith(QUEUE);
    }

    /** The segment of a path for a directory's znode, or for a file's lock or queue. */
    public static String segment(String child) {
        int at = child.indexOf('@');
        return Names.decode(at < 0 ? child : child.substring(0, at));
    }

    private String file(RepoPath path) {
        StringBuilder at = new StringBuilder(locks());
        path.segments().forEach(segment -> at.append('/').append(Names.encode(segment)));
        return at.toString();
    }
}

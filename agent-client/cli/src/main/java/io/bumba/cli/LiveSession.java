package io.bumba.cli;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentStatus;
import io.bumba.file.Tree;
import io.bumba.path.CasePolicy;
import io.bumba.path.PathPatterns;
import io.bumba.path.RepoPath;
import io.bumba.territory.Explanation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One agent that lives as long as a command, and what it holds in one tree. After its end everything asked of it is
 * refused by name, for good. Thread-safe.
 */
final class LiveSession {
    private final Bumba bumba;
    private final Agent agent;
    private final Tree tree;
    private final CasePolicy policy;
    private final SessionLocks locks;
    private final SessionTerritories territories;
    private final Consumer<String> onLoss;
    private volatile boolean closing;
    private volatile @Nullable String ended;

    /** @param onLoss is told, in one line, of a lost lock or territory and of the end of the agent; never after {@link #close} */
    LiveSession(Bumba bumba, Agent agent, Tree tree, Consumer<String> onLoss) {
        this.bumba = bumba;
        this.agent = agent;
        this.tree = tree;
        this.policy = bumba.settings().caseInsensitive() ? CasePolicy.FOLDED : CasePolicy.SENSITIVE;
        this.onLoss = onLoss;
        this.locks = new SessionLocks(
                bumba.locks(agent)::lockAllAsync,
                InstantSource.system(),
                Supervisor.threads(),
                Losses.of(bumba)::take,
                loss -> tell(Loss.say(List.of(loss), "is lost") + ": what is written there now is not protected"));
        this.territories = new SessionTerritories(
                bumba.territories(agent)::allocateAsync,
                InstantSource.system(),
                Supervisor.threads(),
                Endings.of(bumba)::take,
                news -> System.err.println("bumba: " + Text.oneLine(news)),
                loss -> tell(loss + ": what is written there now is not protected"));
    }

    /** Begins to listen for the agent's end. */
    void watch() {
        agent.onEnd(Supervisor.threads(), this::agentEnded);
    }

    SessionLocks locks() {
        return locks;
    }

    SessionTerritories territories() {
        return territories;
    }

    Agent agent() {
        return agent;
    }

    Tree tree() {
        return tree;
    }

    /** How long a lock waits when it is not said. */
    Duration defaultWait() {
        Duration asked = bumba.settings().fileLockTimeout();
        return asked.compareTo(LockCommand.MAX_WAIT) > 0 ? LockCommand.MAX_WAIT : asked;
    }

    /** @throws CliException LOST when the agent has ended */
    void requireAlive() {
        String why = ended;
        if (why != null || !agent.isAlive()) {
            throw new CliException(ExitCode.LOST, why == null ? endOf(agent) : why);
        }
    }

    /** Whether the agent ended before the command did. */
    Optional<String> lostWhy() {
        return Optional.ofNullable(ended);
    }

    /** @throws CliException UNREACHABLE while there is no connection */
    void say(AgentStatus status) {
        if (!bumba.isConnected()) {
            throw new CliException(
                    ExitCode.UNREACHABLE, "no connection to ZooKeeper; the status was not changed: try again");
        }
        agent.status(status);
    }

    /** Which files are meant. */
    List<RepoPath> resolve(List<String> texts, Path cwd) {
        return texts.stream().map(text -> tree.resolve(text, cwd, policy)).toList();
    }

    /** The same, of files that may be held: one that has become a directory or a link is still found by its name. */
    List<RepoPath> resolveHeld(List<String> texts, Path cwd) {
        return texts.stream().map(text -> resolveHeld(text, cwd)).toList();
    }

    /** What is to be claimed. */
    PathPatterns resolvePatterns(List<String> texts, Path cwd) {
        return ClaimOptions.resolve(tree, texts, cwd, policy);
    }

    /** Who may do what with a file, and why; without a thread that waits. */
    CompletableFuture<Explanation> explain(RepoPath path, String who) {
        return CompletableFuture.supplyAsync(
                () -> bumba.territoryTable().explain(path, Optional.of(who)), Supervisor.threads());
    }

    boolean exists(RepoPath path) {
        return Files.exists(tree.root().resolve(path.value()));
    }

    /** From now on an end is no loss. */
    void close() {
        closing = true;
    }

    private RepoPath resolveHeld(String text, Path cwd) {
        try {
            return tree.resolve(text, cwd, policy);
        } catch (IllegalArgumentException e) {
            return byName(text, cwd).filter(locks::knows).orElseThrow(() -> e);
        }
    }

    private Optional<RepoPath> byName(String text, Path cwd) {
        try {
            Path file = cwd.toRealPath().resolve(text).normalize();
            return file.startsWith(tree.root())
                    ? Optional.of(RepoPath.of(tree.root().relativize(file).toString(), policy))
                    : Optional.empty();
        } catch (IOException | IllegalArgumentException notEvenAName) {
            return Optional.empty();
        }
    }

    private void agentEnded() {
        if (!closing) {
            ended = endOf(agent);
            tell(endOf(agent));
        }
    }

    private void tell(String loss) {
        if (!closing) {
            onLoss.accept(loss);
        }
    }

    private static String endOf(Agent agent) {
        return "agent " + agent.id()
                + " of this session has ended, and all its locks with it: what is written now is not protected;"
                + " leave this session, look at your files, and begin a new 'bumba session'";
    }
}

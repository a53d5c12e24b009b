package io.bumba.territory;

import io.bumba.agent.AgentId;
import io.bumba.path.PathPatterns;
import io.bumba.zk.Secret;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A territory that an agent of this process owns. It can be lost: listen with {@link #onLost}. Thread-safe.
 */
public interface TerritoryGrant extends AutoCloseable {
    String id();

    String title();

    TerritoryType type();

    /** What it covers now. */
    PathPatterns patterns();

    /** By what the owner resumes it when its session has ended; empty when it is not kept then. */
    Optional<Secret> secret();

    /** Whether it is owned now, as far as this process can know without asking. */
    boolean isValid();

    /** Whether locks inside are granted from memory. */
    boolean isLocal();

    /** Runs the callback once, on the executor, when it is lost before it is released; at once if it already was. */
    void onLost(Executor executor, Runnable callback);

    /**
     * Runs the callback, on the executor, when an operator has asked for its end: finish what must be finished, then release
     * it. At the end of the grace it is released in any case.
     */
    void onRevoked(Executor executor, Consumer<Revocation> callback);

    /**
     * Other patterns instead of these, at one zxid or not at all. Meanwhile it keeps what it has.
     *
     * @return {@link AllocateResult.Allocated} with this, or why not
     */
    CompletionStage<AllocateResult> resize(PathPatterns patterns);

    /** Lets other agents work inside; they and the owner exclude each other by file locks. */
    CompletionStage<AllocateResult> admit(List<AgentId> agents);

    /** Ends what {@link #admit} began, and the territories of these agents inside. Their locks stay. */
    CompletionStage<AllocateResult> dismiss(List<AgentId> agents);

    /** Lets another agent take it over ({@link Territories#accept}); until then it stays as it is. Null takes the offer back. */
    CompletionStage<AllocateResult> offer(@org.jspecify.annotations.Nullable AgentId to);

    /**
     * Switches local grants on or off. Before they go off, and before any other change, what is held by them is turned into
     * real locks; admitting others, or offering it, switches them off.
     *
     * @throws IllegalArgumentException to switch them on where they cannot be: see {@link TerritoryRequest#local}
     */
    CompletionStage<AllocateResult> local(boolean on);

    /**
     * Gives it back and waits for it. Locks inside stay.
     *
     * @return false when it had been lost before
     * @throws io.bumba.BumbaException UNAVAILABLE when the servers do not confirm in time; it goes on in the background
     */
    boolean release();

    /** {@link #release} without waiting. */
    CompletionStage<Boolean> releaseAsync();

    /** {@link #release} for try-with-resources. Giving back twice is harmless. */
    @Override
    void close();
}

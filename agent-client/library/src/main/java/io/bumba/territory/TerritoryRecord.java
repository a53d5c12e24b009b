package io.bumba.territory;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bumba.path.PathPatterns;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The JSON of a territory's znode.
 *
 * @param title what its owner says it is for
 * @param owner the id of the agent
 * @param ownerNode the uuid of the owner's ephemeral
 * @param patterns what is claimed
 * @param pending a change between its two steps
 * @param parent the id of the territory around it
 * @param onEnd what becomes of those inside it when it ends
 * @param admitted the agents that work inside it besides the owner
 * @param orphanGraceMillis how long it is kept when the owner's session has ended; 0 for not at all
 * @param secretHash the SHA-256 of the secret by which the owner resumes it, in hex
 * @param since when it was asked for, by the owner's clock, for display
 * @param local whether the owner locks inside by local grants
 * @param revocation an operator's word that it is to end
 * @param offer the agent that may take it over
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record TerritoryRecord(
        String title,
        TerritoryType type,
        TerritoryState state,
        String owner,
        String ownerNode,
        PathPatterns patterns,
        Optional<Pending> pending,
        Optional<String> parent,
        OnEnd onEnd,
        List<String> admitted,
        long orphanGraceMillis,
        Optional<String> secretHash,
        Instant since,
        boolean local,
        Optional<Revocation> revocation,
        Optional<String> offer) {
    /** @throws NullPointerException when a field is missing that every version writes */
    TerritoryRecord {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(ownerNode, "ownerNode");
        Objects.requireNonNull(patterns, "patterns");
        Objects.requireNonNull(onEnd, "onEnd");
        Objects.requireNonNull(since, "since");
        admitted = admitted == null ? List.of() : List.copyOf(admitted);
    }

    /** Whether the agent owns it or was admitted. */
    boolean admits(String agent) {
        return owner.equals(agent) || admitted.contains(agent);
    }

    Draft draft() {
        return new Draft(this);
    }

    /** A record that differs in some fields. */
    static final class Draft {
        private final TerritoryRecord from;
        private TerritoryState state;
        private String owner;
        private String ownerNode;
        private PathPatterns patterns;
        private Optional<Pending> pending;
        private Optional<String> parent;
        private List<String> admitted;
        private Optional<String> secretHash;
        private boolean local;
        private Optional<Revocation> revocation;
        private Optional<String> offer;

        private Draft(TerritoryRecord from) {
            this.from = from;
            this.state = from.state;
            this.owner = from.owner;
            this.ownerNode = from.ownerNode;
            this.patterns = from.patterns;
            this.pending = from.pending;
            this.parent = from.parent;
            this.admitted = from.admitted;
            this.secretHash = from.secretHash;
            this.local = from.local;
            this.revocation = from.revocation;
            this.offer = from.offer;
        }

        Draft state(TerritoryState value) {
            state = value;
            return this;
        }

        Draft owner(String agent, String node) {
            owner = agent;
            ownerNode = node;
            return this;
        }

        Draft patterns(PathPatterns value) {
            patterns = value;
            return this;
        }

        Draft pending(Optional<Pending> value) {
            pending = value;
            return this;
        }

        Draft parent(Optional<String> value) {
            parent = value;
            return this;
        }

        Draft admitted(List<String> value) {
            admitted = value;
            return this;
        }

        Draft secretHash(Optional<String> value) {
            secretHash = value;
            return this;
        }

        Draft local(boolean value) {
            local = value;
            return this;
        }

        Draft revocation(Optional<Revocation> value) {
            revocation = value;
            return this;
        }

        Draft offer(Optional<String> value) {
            offer = value;
            return this;
        }

        TerritoryRecord done() {
            return new TerritoryRecord(
                    from.title,
                    from.type,
                    state,
                    owner,
                    ownerNode,
                    patterns,
                    pending,
                    parent,
                    from.onEnd,
                    admitted,
                    from.orphanGraceMillis,
                    secretHash,
                    from.since,
                    local,
                    revocation,
                    offer);
        }
    }
}

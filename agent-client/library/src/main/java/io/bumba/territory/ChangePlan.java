package io.bumba.territory;

import io.bumba.lock.Occupant;
import io.bumba.path.PathPattern;
import io.bumba.path.PathPatterns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Other patterns for a territory, or another owner: by the same two steps as its allocation.
 *
 * @param by the uuid of the owner's ephemeral in the first step, which must be the territory's then
 * @param patterns what it is to cover
 * @param taker the agent that is to own it
 * @param takerNode the uuid of the taker's ephemeral from then on
 * @param kind what is being done
 * @param secretHash of the secret from then on
 */
record ChangePlan(
        String territory,
        TerritoryType type,
        String by,
        PathPatterns before,
        PathPatterns patterns,
        String taker,
        String takerNode,
        Kind kind,
        Set<String> admitted,
        Optional<String> secretHash)
        implements Plan {
    /** What is being done. */
    enum Kind {
        RESIZE,
        /** The owner has offered it. */
        ACCEPT,
        /** Its owner's session has ended, and it comes back with the secret. */
        RESUME
    }

    @Override
    public PathPatterns area() {
        return kind == Kind.RESIZE ? PathPatterns.of(added()) : patterns;
    }

    private List<PathPattern> added() {
        List<PathPattern> added = new ArrayList<>(patterns.patterns());
        added.removeAll(before.patterns());
        return added;
    }

    private boolean isAtOnce() {
        return type == TerritoryType.MONITORED || (kind == Kind.RESIZE && added().isEmpty());
    }

    @Override
    public boolean hinders(Occupant occupant) {
        return AllocatePlan.hinders(type, admitted, taker, occupant);
    }

    @Override
    public Step<First> first(Atlas atlas, int version) {
        Optional<Territory> found =
                atlas.find(territory).filter(known -> known.record().state() != TerritoryState.PENDING);
        if (found.isEmpty()) {
            return stopped(new Hindrance.Gone("territory " + territory + " is gone"), version);
        }
        Territory now = found.get();
        TerritoryRecord record = now.record();
        if (record.ownerNode().equals(takerNode) && kind != Kind.RESIZE) {
            return new Step.Answer<>(new First.Done(0));
        }
        if (!record.ownerNode().equals(by)) {
            return stopped(
                    new Hindrance.Gone("territory " + territory + " belongs to " + record.owner() + " now"), version);
        }
        if (record.pending().isPresent()) {
            boolean ours = record.pending().get().equals(new Pending(area(), taker));
            return new Step.Answer<>(
                    ours ? new First.Placed() : new First.Stopped(new Hindrance.Unsettled(now), version));
        }
        if (kind == Kind.RESIZE && record.patterns().equals(patterns)) {
            return new Step.Answer<>(new First.Done(0));
        }
        Optional<Hindrance> hindrance = forbids(atlas, now, version);
        if (hindrance.isPresent()) {
            return stopped(hindrance.get(), version);
        }
        if (isAtOnce()) {
            return new Step.Amend<>(
                    List.of(new Edit.Update(now, after(record), owner())),
                    more -> {},
                    done -> new First.Done(done.zxid()),
                    why -> refused(why, version));
        }
        TerritoryRecord pending =
                record.draft().pending(Optional.of(new Pending(area(), taker))).done();
        return new Step.Amend<>(
                List.of(new Edit.Update(now, pending, owner())),
                more -> {},
                done -> new First.Placed(),
                why -> refused(why, version));
    }

    private Edit.Owner owner() {
        return kind == Kind.RESUME ? Edit.Owner.ABSENT : Edit.Owner.STANDS;
    }

    private First refused(Step.Refusal why, int version) {
        return new First.Stopped(
                new Hindrance.Gone(
                        why == Step.Refusal.OWNER_STANDS
                                ? "the owner of territory " + territory + " is alive"
                                : "the owner of territory " + territory + " has lost it"),
                version);
    }

    private static Step<First> stopped(Hindrance by, int version) {
        return new Step.Answer<>(new First.Stopped(by, version));
    }

    private Optional<Hindrance> forbids(Atlas atlas, Territory now, int version) {
        TerritoryRecord record = now.record();
        if (kind == Kind.ACCEPT && !record.offer().equals(Optional.of(taker))) {
            return rule(
                    "offer", "territory " + territory + " is not offered to " + taker + "; its owner must offer it");
        }
        if (record.revocation().isPresent()) {
            return rule("revocation", "territory " + territory + " is being revoked");
        }
        if (kind == Kind.ACCEPT) {
            Optional<Hindrance> unfit = unfit(atlas, record);
            if (unfit.isPresent()) {
                return unfit;
            }
        }
        if (kind == Kind.RESIZE) {
            Optional<Hindrance> shape = shape(atlas, record);
            if (shape.isPresent()) {
                return shape;
            }
            if (!added().isEmpty()) {
                return AllocatePlan.hindrance(atlas.conflicts(territory, area(), type, record.parent()), version);
            }
        }
        return Optional.empty();
    }

    /** Why it cannot pass into other hands. */
    private Optional<Hindrance> unfit(Atlas atlas, TerritoryRecord record) {
        if (record.local()) {
            return rule("local", "local grants are switched on; they must be switched off first");
        }
        return atlas.inside(territory).stream()
                .filter(inside -> !inside.record().owner().equals(taker))
                .findFirst()
                .flatMap(inside -> rule(
                        "inside",
                        "territory " + inside.id() + " of " + inside.record().owner()
                                + " lies inside, and its owner would not be admitted; it must be released first"));
    }

    private Optional<Hindrance> shape(Atlas atlas, TerritoryRecord record) {
        Optional<PathPattern> outside = record.parent()
                .flatMap(atlas::find)
                .flatMap(parent -> parent.record().patterns().notCovered(patterns));
        if (outside.isPresent()) {
            return rule("parent", outside.get().value() + " is not wholly inside its parent");
        }
        for (Territory inside : atlas.inside(territory)) {
            Optional<PathPattern> left = patterns.notCovered(inside.record().patterns());
            if (left.isPresent()) {
                return rule(
                        "inside",
                        left.get().value() + " of territory " + inside.id() + " of "
                                + inside.record().owner() + " would be left outside; it must be released first");
            }
        }
        return Optional.empty();
    }

    private static Optional<Hindrance> rule(String name, String why) {
        return Optional.of(new Hindrance.Rule(name, why));
    }

    private TerritoryRecord after(TerritoryRecord record) {
        TerritoryRecord.Draft draft =
                record.draft().patterns(patterns).pending(Optional.empty()).state(TerritoryState.ACTIVE);
        if (kind != Kind.RESIZE) {
            draft.owner(taker, takerNode).offer(Optional.empty()).secretHash(secretHash);
        }
        if (kind == Kind.ACCEPT) {
            draft.admitted(List.of());
        }
        return draft.done();
    }

    @Override
    public Step<Optional<Step.Done>> second(Atlas atlas, int version) {
        Optional<Territory> found = atlas.find(territory);
        if (found.isEmpty()) {
            return new Step.Answer<>(Optional.empty());
        }
        TerritoryRecord record = found.get().record();
        boolean pending = record.pending().equals(Optional.of(new Pending(area(), taker)))
                && record.ownerNode().equals(by);
        if (!pending) {
            boolean done = record.pending().isEmpty()
                    && record.patterns().equals(patterns)
                    && record.ownerNode().equals(takerNode);
            return new Step.Answer<>(done ? Optional.of(new Step.Done(0)) : Optional.empty());
        }
        boolean spoilt = (kind == Kind.RESIZE && shape(atlas, record).isPresent())
                || (kind == Kind.ACCEPT && unfit(atlas, record).isPresent());
        if (spoilt) {
            // Somebody has settled inside since the first step, or its owner grants from memory.
            return new Step.Answer<>(Optional.empty());
        }
        return new Step.Amend<>(
                List.of(new Edit.Update(found.get(), after(record), owner())),
                more -> {},
                Optional::of,
                refused -> Optional.empty());
    }
}

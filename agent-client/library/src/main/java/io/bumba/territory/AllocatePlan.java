package io.bumba.territory;

import io.bumba.agent.AgentRecord;
import io.bumba.lock.Occupant;
import io.bumba.path.PathPattern;
import io.bumba.path.PathPatterns;
import io.bumba.path.Printable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A new territory.
 *
 * @param record as it is to be, in state ACTIVE
 * @param owner the agent
 * @param policy what it may claim
 * @param earlier who asked earlier and waits, by the znode of its place, in order of arrival
 */
record AllocatePlan(
        String territory, TerritoryRecord record, AgentRecord owner, Policy policy, Map<String, RequestRecord> earlier)
        implements Plan {
    @Override
    public PathPatterns area() {
        return record.patterns();
    }

    @Override
    public boolean hinders(Occupant occupant) {
        return hinders(record.type(), Set.copyOf(record.admitted()), record.owner(), occupant);
    }

    static boolean hinders(TerritoryType type, Set<String> admitted, String owner, Occupant occupant) {
        return switch (type) {
            case EXCLUSIVE -> !occupant.agent().equals(owner) && !admitted.contains(occupant.agent());
            case SHARED -> occupant.exclusive();
            case MONITORED -> false;
        };
    }

    @Override
    public Step<First> first(Atlas atlas, int version) {
        Optional<Territory> standing = atlas.find(territory);
        if (standing.isPresent() && !standing.get().record().ownerNode().equals(record.ownerNode())) {
            return new Step.Answer<>(new First.Stopped(
                    new Hindrance.Rule("id", "the id " + territory + " that was drawn is taken; ask again"), version));
        }
        if (standing.isPresent()) {
            return new Step.Answer<>(record.type() == TerritoryType.MONITORED ? new First.Done(0) : new First.Placed());
        }
        Optional<Hindrance> hindrance = policy.forbids(owner, record, atlas)
                .or(() -> record.parent().flatMap(id -> forbids(atlas, id)))
                .or(() -> others(atlas, version))
                .or(() -> behind(atlas));
        if (hindrance.isPresent()) {
            return new Step.Answer<>(new First.Stopped(hindrance.get(), version));
        }
        boolean atOnce = record.type() == TerritoryType.MONITORED;
        TerritoryRecord made = atOnce
                ? record
                : record.draft()
                        .state(TerritoryState.PENDING)
                        .pending(Optional.of(new Pending(record.patterns(), record.owner())))
                        .done();
        return new Step.Amend<>(
                List.of(new Edit.Create(territory, made)),
                more -> {},
                done -> atOnce ? new First.Done(done.zxid()) : new First.Placed(),
                refused -> new First.Stopped(new Hindrance.Gone("its znode could not be made: " + refused), version));
    }

    private Optional<Hindrance> forbids(Atlas atlas, String parentId) {
        Optional<Territory> found =
                atlas.find(parentId).filter(parent -> parent.record().state() == TerritoryState.ACTIVE);
        if (found.isEmpty()) {
            return rule(
                    "parent",
                    "there is no active territory " + Printable.of(parentId) + " to lie in; see `bumba territories`");
        }
        TerritoryRecord parent = found.get().record();
        if (!parent.admits(record.owner())) {
            return rule(
                    "parent",
                    "territory " + parentId + " belongs to " + parent.owner() + ", which has not admitted "
                            + record.owner() + "; ask it to");
        }
        if (parent.local()) {
            return rule(
                    "parent",
                    "territory " + parentId
                            + " has local grants switched on, beside which nobody else may work inside; its"
                            + " owner must switch them off");
        }
        if (parent.revocation().isPresent()) {
            return rule("parent", "territory " + parentId + " is being revoked");
        }
        Optional<PathPattern> outside = parent.patterns().notCovered(record.patterns());
        return outside.isPresent()
                ? rule("parent", outside.get().value() + " is not wholly inside territory " + parentId)
                : Optional.empty();
    }

    private static Optional<Hindrance> rule(String name, String why) {
        return Optional.of(new Hindrance.Rule(name, why));
    }

    private Optional<Hindrance> others(Atlas atlas, int version) {
        return hindrance(atlas.conflicts(territory, record.patterns(), record.type(), record.parent()), version);
    }

    /** Those that stand for good come first: who meets one need not wait for others to settle. */
    static Optional<Hindrance> hindrance(List<Atlas.Overlap> overlaps, int version) {
        List<Atlas.Overlap> standing = overlaps.stream()
                .filter(overlap -> overlap.territory().record().state() != TerritoryState.PENDING)
                .filter(overlap -> overlap.territory().record().pending().isEmpty()
                        || overlap.territory().record().patterns().patterns().contains(overlap.theirs()))
                .toList();
        if (!standing.isEmpty()) {
            return Optional.of(new Hindrance.Blocked(standing, version));
        }
        return overlaps.stream().findFirst().map(overlap -> new Hindrance.Unsettled(overlap.territory()));
    }

    /** Somebody who asked earlier for some of it, and can have it now. */
    private Optional<Hindrance> behind(Atlas atlas) {
        for (Map.Entry<String, RequestRecord> each : earlier.entrySet()) {
            RequestRecord request = each.getValue();
            if (!record.type().toleratesBeside(request.type())
                    && request.patterns().meets(record.patterns()).isPresent()
                    && atlas.conflicts(request.territory(), request.patterns(), request.type(), request.parent())
                            .isEmpty()) {
                return Optional.of(new Hindrance.Behind(request, each.getKey()));
            }
        }
        return Optional.empty();
    }

    @Override
    public Step<Optional<Step.Done>> second(Atlas atlas, int version) {
        Optional<Territory> now =
                atlas.find(territory).filter(known -> known.record().ownerNode().equals(record.ownerNode()));
        if (now.isEmpty()) {
            return new Step.Answer<>(Optional.empty());
        }
        if (now.get().record().state() == TerritoryState.ACTIVE) {
            return new Step.Answer<>(Optional.of(new Step.Done(0)));
        }
        TerritoryRecord active = now.get()
                .record()
                .draft()
                .state(TerritoryState.ACTIVE)
                .pending(Optional.empty())
                .done();
        return new Step.Amend<>(
                List.of(new Edit.Update(now.get(), active, Edit.Owner.STANDS)),
                more -> {},
                Optional::of,
                refused -> Optional.empty());
    }
}

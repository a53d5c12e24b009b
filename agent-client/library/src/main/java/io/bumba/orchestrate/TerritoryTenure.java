package io.bumba.orchestrate;

import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.territory.TerritoryGrant;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A territory. That it stood until the end is known by two looks: it is not being released by somebody else (the end of a
 * revocation's grace, the code inside), and then its release, a transaction that names its owner, succeeds.
 */
final class TerritoryTenure implements Tenure {
    private static final Logger LOG = LoggerFactory.getLogger(TerritoryTenure.class);

    private final TerritoryGrant territory;
    private final Agent owner;
    private final Duration patience;

    /** @param patience how long to wait for ZooKeeper at the end */
    TerritoryTenure(TerritoryGrant territory, Agent owner, Duration patience) {
        this.territory = territory;
        this.owner = owner;
        this.patience = patience;
    }

    @Override
    public void watch(Stop stop) {
        territory.onLost(Runnable::run, () -> stop.say("territory " + territory.id() + " is lost"));
        territory.onRevoked(
                Runnable::run,
                revocation -> stop.say("territory " + territory.id() + " is revoked by " + revocation.by()
                        + (revocation.reason().isEmpty() ? "" : ": " + revocation.reason()) + "; finish within "
                        + revocation.graceMillis() + " ms"));
    }

    @Override
    public Optional<String> giveBack() {
        try {
            boolean stood = stands();
            boolean ours = Calm.await(territory.releaseAsync(), patience, "release territory " + territory.id());
            return stood && ours
                    ? Optional.empty()
                    : Optional.of("territory " + territory.id() + " ended before its work did");
        } catch (BumbaException e) {
            LOG.warn("the end of territory {} is not confirmed; it goes on in the background", territory.id(), e);
            return Optional.of("the end of territory " + territory.id() + " is not confirmed: " + e.getMessage());
        }
    }

    /** A session that is not live for a moment is asked by a write. */
    private boolean stands() {
        if (!territory.isValid()) {
            try {
                Calm.await(owner.session().barrier(), patience, "verify the session");
            } catch (BumbaException e) {
                LOG.warn("whether territory {} stands cannot be known", territory.id(), e);
                return false;
            }
        }
        return territory.isValid();
    }
}

package io.bumba.territory;

import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentId;
import io.bumba.agent.Belongings;
import io.bumba.event.Event;
import io.bumba.lock.FileLocks;
import io.bumba.path.Printable;
import io.bumba.zk.Async;
import io.bumba.zk.EphemeralBudget;
import io.bumba.zk.Secret;
import io.bumba.zk.Session;
import io.bumba.zk.SessionOverException;
import io.bumba.zk.WorkspaceSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;

/** Allocates territories for one agent, and keeps those it has. Thread-safe. */
public final class Territories {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SLUG = 24;

    private final Ground ground;
    private final Agent agent;
    private final Session session;
    private final FileLocks locks;
    private final Duration defaultGrace;
    private final Set<Holding> held = ConcurrentHashMap.newKeySet();
    private final Set<Allocation> asking = ConcurrentHashMap.newKeySet();
    private final Set<AgentId> children = new CopyOnWriteArraySet<>();

    /** @param locks of the same agent */
    public Territories(Ground ground, Agent agent, FileLocks locks, WorkspaceSettings settings) {
        this.ground = ground;
        this.agent = agent;
        this.session = agent.session();
        this.locks = locks;
        this.defaultGrace = settings.territoryTimeout();
        locks.entangledWhile(() -> !held.isEmpty(), () -> asking.stream().anyMatch(Allocation::isWaiting));
        agent.own(new Owned());
    }

    /**
     * Allocates, waiting as the request says; whole or not at all.
     *
     * @throws InterruptedException when interrupted while waiting; nothing is left behind
     * @throws BumbaException when the servers do not answer, or a limit is passed
     */
    public AllocateResult allocate(TerritoryRequest request) throws InterruptedException {
        Allocation allocation = start(request);
        try {
            return allocation.result().get();
        } catch (InterruptedException e) {
            allocation.end(Allocation.Ending.CANCELLED);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BumbaException known
                    ? known.here()
                    : new BumbaException(BumbaException.Code.PROTOCOL, "could not allocate " + request.title(), e);
        }
    }

    /** {@link #allocate} without a thread that waits. Cancelling the future leaves nothing behind. */
    public CompletableFuture<AllocateResult> allocateAsync(TerritoryRequest request) {
        Allocation allocation = start(request);
        CompletableFuture<AllocateResult> delivered = new CompletableFuture<>();
        Async.then(
                allocation.result(),
                result -> hand(() -> {
                    if (!delivered.complete(result)) {
                        result.grant().ifPresent(TerritoryGrant::releaseAsync);
                    }
                }),
                failure -> hand(() -> delivered.completeExceptionally(failure)));
        CompletableFuture<AllocateResult> unused = delivered.whenComplete((result, failure) -> {
            if (delivered.isCancelled()) {
                allocation.end(Allocation.Ending.CANCELLED);
            }
        });
        return delivered;
    }

    /** To the callback threads, or, when the connection is closed, to the thread that is here. */
    private void hand(Runnable completion) {
        try {
            ground.shop().callbacks().execute(completion);
        } catch (RejectedExecutionException closing) {
            completion.run();
        }
    }

    /** What the agent owns now. */
    public List<TerritoryGrant> held() {
        return List.copyOf(held);
    }

    /** Takes over a territory that its owner has offered to this agent, without a moment in which nobody has it. */
    public CompletableFuture<AllocateResult> accept(String territory) {
        return take(territory, ChangePlan.Kind.ACCEPT, Optional.empty());
    }

    /** Comes back to a territory whose owner, an earlier agent, had this secret and has ended. */
    public CompletableFuture<AllocateResult> resume(String territory, Secret secret) {
        return take(territory, ChangePlan.Kind.RESUME, Optional.of(secret));
    }

    /**
     * Admits an agent that this one has spawned to everything that this one has and will have, until it ends. Territories
     * that are asked for with local grants are left out; those that have some switch them off.
     */
    public CompletableFuture<Void> adopt(Agent spawned) {
        AgentId child = spawned.id();
        children.add(child);
        spawned.onEnd(Runnable::run, () -> forgetChild(child));
        return CompletableFuture.allOf(
                held.stream().map(holding -> holding.admit(List.of(child))).toArray(CompletableFuture[]::new));
    }

    /** Its locks and territories went with it. */
    private void forgetChild(AgentId child) {
        children.remove(child);
        held.stream()
                .filter(holding -> holding.record().admitted().contains(child.value()))
                .forEach(holding -> Async.then(holding.dismiss(List.of(child)), dismissed -> {}));
    }

    private Allocation start(TerritoryRequest request) {
        if (!agent.isAlive()) {
            throw new IllegalStateException("agent " + agent.id() + " has ended; register anew");
        }
        Duration grace = request.orphanGrace() == null ? defaultGrace : request.orphanGrace();
        Optional<Secret> secret = grace.isZero() ? Optional.empty() : Optional.of(draw());
        String id = slug(request.title()) + "-" + hex(4);
        TerritoryRecord record = new TerritoryRecord(
                request.title(),
                request.type(),
                TerritoryState.ACTIVE,
                agent.id().value(),
                hex(8),
                request.patterns(),
                Optional.empty(),
                request.parent(),
                request.onEnd(),
                request.local()
                        ? List.of()
                        : children.stream().map(AgentId::value).toList(),
                grace.toMillis(),
                secret.map(Territories::hash),
                ground.shop().time().instant(),
                request.local(),
                Optional.empty(),
                Optional.empty());
        EphemeralBudget.Share bytes =
                session.budget().take(ground.shop().layout().owner(id, record.ownerNode()));
        Allocation allocation = new Allocation(ground, agent, request, id, record, secret, new Asking(bytes));
        asking.add(allocation);
        Async.then(
                allocation.result(),
                result -> {
                    asking.remove(allocation);
                    if (result.grant().isEmpty()) {
                        bytes.giveBack();
                        ground.shop()
                                .events()
                                .publish(new Event.TerritoryRefused(
                                        ground.shop().time().instant(),
                                        agent.id().value(),
                                        request.title(),
                                        result.getClass().getSimpleName(),
                                        result.message()));
                    }
                },
                failure -> {
                    asking.remove(allocation);
                    bytes.giveBack();
                });
        allocation.start();
        if (!agent.isAlive()) {
            // It ended before it could end this.
            allocation.end(Allocation.Ending.AGENT_ENDED);
        }
        return allocation;
    }

    private CompletableFuture<AllocateResult> take(String id, ChangePlan.Kind kind, Optional<Secret> secret) {
        String node = hex(8);
        EphemeralBudget.Share bytes =
                session.budget().take(ground.shop().layout().owner(id, node));
        CompletableFuture<AllocateResult> taken = Refusals.lostWithSession(ground.ledger()
                .load(session)
                .thenCompose(loaded -> ground.ledger().refresh(session))
                .thenCompose(read -> session.read(ground.shop().layout().policy()))
                .thenCompose(policy -> take(id, kind, secret, node, bytes, Policy.read(policy))));
        return taken.whenComplete((result, failure) -> {
            if (failure != null || result.grant().isEmpty()) {
                bytes.giveBack();
            }
        });
    }

    private CompletableFuture<AllocateResult> take(
            String id,
            ChangePlan.Kind kind,
            Optional<Secret> secret,
            String node,
            EphemeralBudget.Share bytes,
            Policy policy) {
        Optional<Territory> found = ground.ledger().look((atlas, version) -> atlas.find(id));
        if (found.isEmpty()) {
            return CompletableFuture.completedFuture(
                    new AllocateResult.Lost("there is no territory " + Printable.of(id)));
        }
        TerritoryRecord now = found.get().record();
        if (kind == ChangePlan.Kind.RESUME
                && !(now.secretHash().isPresent()
                        && MessageDigest.isEqual(bytes(now.secretHash().get()), bytes(hash(secret.orElseThrow()))))) {
            return CompletableFuture.completedFuture(new AllocateResult.Rejected(
                    "secret", "territory " + id + " is not kept for whoever has this secret"));
        }
        Optional<Hindrance> rule =
                ground.ledger().look((atlas, version) -> policy.forbidsTaking(agent.record(), now.patterns(), atlas));
        if (rule.isPresent()) {
            return CompletableFuture.completedFuture(Refusals.of(rule, ground.ledger(), id, now));
        }
        Optional<Secret> kept =
                now.orphanGraceMillis() == 0 ? Optional.empty() : Optional.of(secret.orElseGet(Territories::draw));
        ChangePlan plan = new ChangePlan(
                id,
                now.type(),
                now.ownerNode(),
                now.patterns(),
                now.patterns(),
                agent.id().value(),
                node,
                kind,
                kind == ChangePlan.Kind.RESUME ? Set.copyOf(now.admitted()) : Set.of(),
                kept.map(Territories::hash));
        Patience patience = new Patience(session, ground.shop().clock());
        return new TwoSteps(
                        ground.ledger(),
                        ground.shop().layout(),
                        session,
                        ground.shop().nanos(),
                        plan,
                        patience)
                .run()
                .whenComplete((result, failure) -> patience.disarm())
                .thenApply(result -> {
                    if (result instanceof TwoSteps.Result.Hindered hindered) {
                        return Refusals.of(Optional.of(hindered.by()), ground.ledger(), id, now);
                    }
                    TerritoryRecord mine = ground.ledger()
                            .look((atlas, version) -> atlas.find(id))
                            .map(Territory::record)
                            .filter(record -> record.ownerNode().equals(node))
                            .orElseThrow(SessionOverException::new);
                    Holding holding = hold(id, mine, kept, bytes);
                    ground.shop()
                            .events()
                            .publish(new Event.TerritoryChanged(
                                    ground.shop().time().instant(),
                                    agent.id().value(),
                                    id,
                                    kind + " by " + agent.id() + " from " + now.owner()));
                    return new AllocateResult.Allocated(holding);
                });
    }

    private Holding hold(String id, TerritoryRecord record, Optional<Secret> secret, EphemeralBudget.Share bytes) {
        Holding holding = new Holding(ground, agent, id, record, secret, bytes, locks, held::remove);
        held.add(holding);
        if (!agent.isAlive()) {
            Async.then(holding.releaseAsync(), released -> {});
        }
        return holding;
    }

    private static Secret draw() {
        return new Secret(hex(32));
    }

    private static String hex(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static String hash(Secret secret) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(secret.reveal())));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What can be read of the title in a znode's name. */
    private static String slug(String title) {
        StringBuilder slug = new StringBuilder();
        for (char c : title.toLowerCase(Locale.ROOT).toCharArray()) {
            boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (plain) {
                slug.append(c);
            } else if (slug.length() > 0 && slug.charAt(slug.length() - 1) != '-') {
                slug.append('-');
            }
            if (slug.length() >= SLUG) {
                break;
            }
        }
        while (slug.length() > 0 && slug.charAt(slug.length() - 1) == '-') {
            slug.setLength(slug.length() - 1);
        }
        return slug.length() == 0 ? "territory" : slug.toString();
    }

    /** What a request needs of the agent. */
    private final class Asking implements Allocation.Asker {
        private final EphemeralBudget.Share bytes;

        private Asking(EphemeralBudget.Share bytes) {
            this.bytes = bytes;
        }

        @Override
        public void waits() {
            walk();
        }

        @Override
        public Holding hold(String id, TerritoryRecord record, Optional<Secret> secret, long zxid) {
            Holding holding = Territories.this.hold(id, record, secret, bytes);
            ground.shop()
                    .events()
                    .publish(new Event.TerritoryAllocated(
                            ground.shop().time().instant(),
                            record.owner(),
                            id,
                            record.type().name(),
                            record.patterns().patterns().stream()
                                    .map(pattern -> pattern.value())
                                    .toList(),
                            zxid));
            if (locks.isWaiting() || asking.stream().anyMatch(Allocation::isWaiting)) {
                walk();
            }
            return holding;
        }

        @Override
        public CompletableFuture<?> heirs(Holding holding) {
            List<AgentId> late = children.stream()
                    .filter(child -> !holding.record().admitted().contains(child.value()))
                    .toList();
            return late.isEmpty() || holding.isLocal()
                    ? CompletableFuture.completedFuture(holding)
                    : holding.admit(late);
        }

        private void walk() {
            Async.then(locks.walk(), walked -> {});
        }
    }

    /** What goes with the agent. */
    private final class Owned implements Belongings {
        @Override
        public CompletableFuture<List<String>> surrender() {
            asking.forEach(each -> each.end(Allocation.Ending.AGENT_ENDED));
            CompletableFuture<?>[] all = held.stream()
                    .map(holding -> holding.releaseAsync().handle((released, failure) -> null))
                    .toArray(CompletableFuture[]::new);
            return CompletableFuture.allOf(all).thenApply(done -> List.of());
        }

        @Override
        public void gone(String why) {
            asking.forEach(each -> each.end(Allocation.Ending.AGENT_ENDED));
            held.forEach(holding -> Async.then(holding.releaseAsync(), released -> {}));
        }
    }
}

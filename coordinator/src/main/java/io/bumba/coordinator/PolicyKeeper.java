package io.bumba.coordinator;

import com.codahale.metrics.health.HealthCheck;
import io.bumba.Bumba;
import io.bumba.territory.Policy;
import io.bumba.zk.Leadership;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the policy in ZooKeeper is that of the file. Every coordinator reads the file again and again; the one that
 * leads writes what it says, if that differs from what is in force.
 *
 * <p>A file is taken, or refused, when two looks in a row have seen the same bytes: one that is being written is left alone.
 * While it is refused, what was in force stays, the log says why once, and the health check says it. No rule of a file is
 * taken without the others. A policy that this version cannot read is not overwritten.
 */
final class PolicyKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyKeeper.class);

    /**
     * Where the policy in force stands.
     *
     * @param leads whether this coordinator writes it
     */
    record InForce(BooleanSupplier leads, Supplier<Policy> read, Consumer<Policy> write) {
        static InForce of(Bumba bumba, Leadership leadership) {
            return new InForce(leadership::isLeader, () -> bumba.warden().policy(), policy -> bumba.warden()
                    .writePolicy(policy));
        }
    }

    private final PolicyFile file;
    private final InForce inForce;
    private String judged;
    private String seen;
    private Policy wanted;

    /** Why the file is not followed. */
    private volatile Optional<String> refusal = Optional.empty();

    /** Why what it says could not be written. */
    private volatile Optional<String> unwritten = Optional.empty();

    /** @throws StartFailure when the file cannot be taken: there is no earlier one to stay in force */
    PolicyKeeper(PolicyFile file, InForce inForce) {
        this.file = file;
        this.inForce = inForce;
        try {
            byte[] bytes = file.read();
            wanted = file.parse(bytes);
            judged = digest(bytes);
            seen = judged;
        } catch (PolicyFile.Refused e) {
            throw new StartFailure(StartFailure.Reason.BAD_CONFIGURATION, String.valueOf(e.getMessage()), e);
        }
    }

    /** Close what it gives to end it. */
    Rounds start(Duration checkInterval) {
        return Rounds.start(
                "policy-keeper",
                checkInterval,
                this::round,
                new Rounds.Words("the policy file is not followed", "the policy file is followed again"));
    }

    HealthCheck.Result health() {
        Optional<String> problem = refusal.or(() -> unwritten);
        return problem.isEmpty()
                ? HealthCheck.Result.healthy("%s", file.path() + " is followed")
                : HealthCheck.Result.builder()
                        .unhealthy()
                        .withMessage("%s", problem.get())
                        .build();
    }

    void round() {
        look();
        if (!inForce.leads().getAsBoolean()) {
            unwritten = Optional.empty();
            return;
        }
        try {
            if (!inForce.read().get().equals(wanted)) {
                inForce.write().accept(wanted);
                LOG.info("the policy of {} is in force", file.path());
            }
            unwritten = Optional.empty();
        } catch (RuntimeException e) {
            unwritten =
                    Optional.of("whether what " + file.path() + " says is in force is not known: " + e.getMessage());
            throw e;
        }
    }

    private void look() {
        byte[] bytes = new byte[0];
        Optional<PolicyFile.Refused> unreadable = Optional.empty();
        String now;
        try {
            bytes = file.read();
            now = digest(bytes);
        } catch (PolicyFile.Refused e) {
            unreadable = Optional.of(e);
            now = String.valueOf(e.getMessage());
        }
        boolean settled = now.equals(seen);
        seen = now;
        if (!settled || now.equals(judged)) {
            return;
        }
        judged = now;
        try {
            if (unreadable.isPresent()) {
                throw unreadable.get();
            }
            wanted = file.parse(bytes);
            refusal = Optional.empty();
            LOG.info("{} has changed, and is valid", file.path());
        } catch (PolicyFile.Refused e) {
            refusal = Optional.of(e.getMessage() + "; the policy before it stays in force: correct the file");
            LOG.error("{}", refusal.get());
        }
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

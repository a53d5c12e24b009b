package io.bumba.coordinator;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bumba.path.Printable;
import io.bumba.territory.RevokeResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /tasks/revoke-territory} on the admin port: an operator ends a territory. The parameters are {@code id} and
 * {@code reason}, and if wanted {@code by} and {@code grace}, the time that its owner has to finish, such as {@code 30s};
 * {@link #DEFAULT_GRACE} when it is not said.
 *
 * <p>200 says whether it has ended or is going to, 409 that there is none with that id.
 */
final class RevokeServlet extends TaskServlet<RevokeOrder> {
    static final String PATH = "/tasks/revoke-territory";

    static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(RevokeServlet.class);

    private final transient Function<RevokeOrder, RevokeResult> revoker;

    RevokeServlet(ApiResource.Fixed fixed, Function<RevokeOrder, RevokeResult> revoker, ObjectMapper json) {
        super(PATH, List.of("id", "reason", "by", "grace", "workspace", "cluster"), fixed, json);
        this.revoker = revoker;
    }

    @Override
    RevokeOrder order(Map<String, String> form) {
        String grace = form.get("grace");
        return new RevokeOrder(
                form.getOrDefault("id", ""),
                form.getOrDefault("by", DEFAULT_BY),
                form.getOrDefault("reason", ""),
                grace == null ? DEFAULT_GRACE : grace(grace));
    }

    @Override
    Reply carryOut(RevokeOrder order) {
        RevokeResult result = revoker.apply(order);
        if (result instanceof RevokeResult.NotFound) {
            return Reply.conflict(result.message());
        }
        LOG.info("{} revoked a territory ({}): {}", order.by(), order.reason(), result.message());
        return Reply.done(TerritoryAnswers.Revoked.of(result));
    }

    private static Duration grace(String text) {
        try {
            return io.dropwizard.util.Duration.parse(text).toJavaDuration();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "grace '" + Printable.of(text) + "' must be a time such as 0s, 30s, 5m", e);
        }
    }
}

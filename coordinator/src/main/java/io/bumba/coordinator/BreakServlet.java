package io.bumba.coordinator;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bumba.lock.BreakRequest;
import io.bumba.lock.BreakResult;
import io.bumba.lock.FencingToken;
import io.bumba.path.CasePolicy;
import io.bumba.path.RepoPath;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /tasks/break-lock} on the admin port: an operator ends a lock. The parameters are {@code path} and {@code reason},
 * and if wanted {@code token}, {@code by} and {@code foreign=true}.
 *
 * <p>200 says what was ended, 409 that nobody holds the file, or not so.
 */
final class BreakServlet extends TaskServlet<BreakRequest> {
    static final String PATH = "/tasks/break-lock";

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(BreakServlet.class);

    private final CasePolicy policy;
    private final transient Function<BreakRequest, BreakResult> breaker;

    BreakServlet(
            ApiResource.Fixed fixed,
            CasePolicy policy,
            Function<BreakRequest, BreakResult> breaker,
            ObjectMapper json) {
        super(PATH, List.of("path", "reason", "token", "by", "foreign", "workspace", "cluster"), fixed, json);
        this.policy = policy;
        this.breaker = breaker;
    }

    @Override
    BreakRequest order(Map<String, String> form) {
        String path = form.get("path");
        if (path == null) {
            throw new IllegalArgumentException("path is missing; give the file, as bumba locks shows it");
        }
        BreakRequest order = BreakRequest.of(
                RepoPath.of(path, policy), form.getOrDefault("by", DEFAULT_BY), form.getOrDefault("reason", ""));
        String token = form.get("token");
        if (token != null) {
            order = order.only(token(token));
        }
        return foreign(form.get("foreign")) ? order.foreignMutex() : order;
    }

    @Override
    Reply carryOut(BreakRequest order) {
        BreakResult result = breaker.apply(order);
        if (!(result instanceof BreakResult.Broken broken)) {
            return Reply.conflict(result.message());
        }
        LOG.info("{} broke a lock ({}): {}", order.by(), order.reason(), result.message());
        return Reply.done(Map.of(
                "path",
                broken.path().value(),
                "message",
                broken.message(),
                "broken",
                broken.ended().stream().map(Answers.Break::of).toList()));
    }

    private static FencingToken token(String text) {
        if (!text.matches("[1-9][0-9]{0,17}")) {
            throw new IllegalArgumentException(
                    "token must be a positive number of at most 18 digits, as bumba locks --json shows it");
        }
        return new FencingToken(Long.parseLong(text));
    }

    private static boolean foreign(@Nullable String text) {
        if (text != null && !Set.of("true", "false").contains(text)) {
            throw new IllegalArgumentException("foreign must be true or false");
        }
        return "true".equals(text);
    }
}

package io.bumba.coordinator;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bumba.BumbaException;
import io.bumba.lock.BreakRequest;
import io.bumba.lock.BreakResult;
import io.bumba.lock.FencingToken;
import io.bumba.path.CasePolicy;
import io.bumba.path.Printable;
import io.bumba.path.RepoPath;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /tasks/break-lock} on the admin port: an operator ends a lock. The parameters, a form in the body or a query,
 * are {@code path} and {@code reason}, and if wanted {@code token}, {@code by}, {@code foreign=true}, and
 * {@code workspace} and {@code cluster}, which are then compared with the coordinator's own.
 *
 * <p>200 says what was ended, 409 that nobody holds the file, or not so, 400 which rule a parameter breaks, 421 that this is the coordinator of another workspace or cluster, 503 that ZooKeeper does not
 * answer. A servlet and no Dropwizard task, for a task answers 200 or 500.
 */
final class BreakServlet extends HttpServlet {
    static final String PATH = "/tasks/break-lock";

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(BreakServlet.class);
    private static final String DEFAULT_BY = "operator";
    private static final Set<String> PARAMETERS =
            Set.of("path", "reason", "token", "by", "foreign", "workspace", "cluster");

    private final transient ApiResource.Fixed fixed;
    private final CasePolicy policy;
    private final transient Function<BreakRequest, BreakResult> breaker;
    private final transient ObjectMapper json;

    BreakServlet(
            ApiResource.Fixed fixed,
            CasePolicy policy,
            Function<BreakRequest, BreakResult> breaker,
            ObjectMapper json) {
        this.fixed = fixed;
        this.policy = policy;
        this.breaker = breaker;
        this.json = json;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        BreakRequest order;
        try {
            Optional<String> elsewhere = elsewhere(request);
            if (elsewhere.isPresent()) {
                problem(response, 421, elsewhere.get());
                return;
            }
            order = order(request);
        } catch (IllegalArgumentException e) {
            problem(response, 400, String.valueOf(e.getMessage()));
            return;
        }
        try {
            answer(response, order, breaker.apply(order));
        } catch (BumbaException e) {
            boolean away = e.code() == BumbaException.Code.UNAVAILABLE || e.code() == BumbaException.Code.SESSION_LOST;
            LOG.warn("the break of {} that {} asked for failed", order.path(), order.by(), e);
            problem(response, away ? 503 : 500, String.valueOf(e.getMessage()));
        }
    }

    private void answer(HttpServletResponse response, BreakRequest order, BreakResult result) throws IOException {
        if (result instanceof BreakResult.Broken broken) {
            LOG.info("{} broke a lock ({}): {}", order.by(), order.reason(), result.message());
            write(
                    response,
                    200,
                    "application/json",
                    Map.of(
                            "path",
                            broken.path().value(),
                            "message",
                            broken.message(),
                            "broken",
                            broken.ended().stream().map(Answers.Break::of).toList()));
        } else {
            problem(response, 409, result.message());
        }
    }

    private BreakRequest order(HttpServletRequest request) {
        request.getParameterMap().forEach((name, values) -> {
            if (!PARAMETERS.contains(name)) {
                throw new IllegalArgumentException("there is no parameter '" + Printable.of(name)
                        + "'; they are path, reason, token, by, foreign," + " workspace, cluster");
            }
            if (values.length != 1) {
                throw new IllegalArgumentException(name + " is given " + values.length + " times; give it once");
            }
        });
        String path = request.getParameter("path");
        if (path == null) {
            throw new IllegalArgumentException("path is missing; give the file, as bumba locks shows it");
        }
        BreakRequest order = BreakRequest.of(
                RepoPath.of(path, policy),
                Objects.requireNonNullElse(request.getParameter("by"), DEFAULT_BY),
                Objects.requireNonNullElse(request.getParameter("reason"), ""));
        String token = request.getParameter("token");
        if (token != null) {
            order = order.only(token(token));
        }
        return foreign(request.getParameter("foreign")) ? order.foreignMutex() : order;
    }

    private Optional<String> elsewhere(HttpServletRequest request) {
        String workspace = request.getParameter("workspace");
        if (workspace != null && !workspace.equals(fixed.workspace())) {
            return Optional.of("this is a coordinator of workspace '" + fixed.workspace() + "', not of '"
                    + Printable.of(workspace) + "'; ask one of that workspace");
        }
        String cluster = request.getParameter("cluster");
        if (cluster != null && !cluster.equals(fixed.clusterId())) {
            return Optional.of("this is a coordinator of cluster " + fixed.clusterId() + ", not of "
                    + Printable.of(cluster) + "; ask one of that cluster");
        }
        return Optional.empty();
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

    private void problem(HttpServletResponse response, int status, String detail) throws IOException {
        write(response, status, Problem.MEDIA_TYPE, Problem.of(status, detail, PATH));
    }

    private void write(HttpServletResponse response, int status, String type, Object body) throws IOException {
        response.setStatus(status);
        response.setContentType(type);
        response.getOutputStream().write(json.writeValueAsBytes(body));
    }
}

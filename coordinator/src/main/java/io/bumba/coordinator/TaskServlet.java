package io.bumba.coordinator;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bumba.BumbaException;
import io.bumba.path.Printable;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An operator's act, by {@code POST} on the admin port. The parameters are a form in the body or a query, each given once; if
 * wanted {@code workspace} and {@code cluster}, which are then compared with the coordinator's own.
 *
 * <p>400 names the rule that a parameter breaks, 421 says that this is the coordinator of another workspace or cluster, 503 that
 * ZooKeeper does not answer; the rest is the act's. A servlet and no Dropwizard task, for a task answers 200 or 500.
 *
 * @param <O> the order that the parameters are
 */
abstract class TaskServlet<O> extends HttpServlet {
    static final String DEFAULT_BY = "operator";

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(TaskServlet.class);

    private final String path;
    private final List<String> parameters;
    private final transient ApiResource.Fixed fixed;
    private final transient ObjectMapper json;

    /** @param parameters those of the act, workspace and cluster among them */
    TaskServlet(String path, List<String> parameters, ApiResource.Fixed fixed, ObjectMapper json) {
        this.path = path;
        this.parameters = List.copyOf(parameters);
        this.fixed = fixed;
        this.json = json;
    }

    /** @throws IllegalArgumentException for a parameter that breaks a rule */
    abstract O order(Map<String, String> form);

    /** @throws BumbaException when it is not known whether it was carried out, or it could not be */
    abstract Reply carryOut(O order);

    /** What is said to an order. */
    record Reply(int status, Object body) {
        static Reply done(Object body) {
            return new Reply(200, body);
        }

        static Reply conflict(String why) {
            return new Reply(409, why);
        }
    }

    @Override
    protected final void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        O order;
        try {
            Map<String, String> form = form(request);
            Optional<String> elsewhere = elsewhere(form);
            if (elsewhere.isPresent()) {
                problem(response, 421, elsewhere.get());
                return;
            }
            order = order(form);
        } catch (IllegalArgumentException e) {
            problem(response, 400, String.valueOf(e.getMessage()));
            return;
        }
        try {
            Reply reply = carryOut(order);
            if (reply.status() == 200) {
                write(response, 200, "application/json", reply.body());
            } else {
                problem(response, reply.status(), String.valueOf(reply.body()));
            }
        } catch (BumbaException e) {
            boolean away = e.code() == BumbaException.Code.UNAVAILABLE || e.code() == BumbaException.Code.SESSION_LOST;
            LOG.warn("{} failed: {}", path, order, e);
            problem(response, away ? 503 : 500, String.valueOf(e.getMessage()));
        }
    }

    private Map<String, String> form(HttpServletRequest request) {
        Map<String, String> form = new HashMap<>();
        request.getParameterMap().forEach((name, values) -> {
            if (!parameters.contains(name)) {
                throw new IllegalArgumentException("there is no parameter '" + Printable.of(name) + "'; they are "
                        + String.join(", ", parameters));
            }
            if (values.length != 1) {
                throw new IllegalArgumentException(name + " is given " + values.length + " times; give it once");
            }
            form.put(name, values[0]);
        });
        return form;
    }

    private Optional<String> elsewhere(Map<String, String> form) {
        String workspace = form.get("workspace");
        if (workspace != null && !workspace.equals(fixed.workspace())) {
            return Optional.of("this is a coordinator of workspace '" + fixed.workspace() + "', not of '"
                    + Printable.of(workspace) + "'; ask one of that workspace");
        }
        String cluster = form.get("cluster");
        if (cluster != null && !cluster.equals(fixed.clusterId())) {
            return Optional.of("this is a coordinator of cluster " + fixed.clusterId() + ", not of "
                    + Printable.of(cluster) + "; ask one of that cluster");
        }
        return Optional.empty();
    }

    private void problem(HttpServletResponse response, int status, String detail) throws IOException {
        write(response, status, Problem.MEDIA_TYPE, Problem.of(status, detail, path));
    }

    private void write(HttpServletResponse response, int status, String type, Object body) throws IOException {
        response.setStatus(status);
        response.setContentType(type);
        response.getOutputStream().write(json.writeValueAsBytes(body));
    }
}

package io.bumba.coordinator;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.stream.Collectors;

/** What there is, for whoever opens the port in a browser. */
final class IndexServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final String RESOURCES = """
            /api/v1/status
            /api/v1/agents             ?department= &capability= &status= &limit=
            /api/v1/locks              ?path= &agent= &limit=
            /api/v1/breaks             ?limit=
            /api/v1/territories        ?owner= &type= &state= &path= &limit=
            /api/v1/territories/{id}
            /api/v1/explain            ?path= &agent=
            /api/v1/revocations        ?limit=
            /api/v1/policy
            """;

    /** The paths, in one line. */
    static String resources() {
        return RESOURCES.lines().map(line -> line.split(" ", 2)[0]).collect(Collectors.joining(", "));
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain; charset=utf-8");
        response.getWriter().print("BUMBA coordinator\n\n" + RESOURCES + """

                Health checks and metrics are on the admin port: /healthcheck, /metrics, /ping, /threads
                """);
    }
}

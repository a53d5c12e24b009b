package io.bumba.coordinator;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** What there is, for whoever opens the port in a browser. */
final class IndexServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain; charset=utf-8");
        response.getWriter().print("""
                BUMBA coordinator

                /api/v1/status
                /api/v1/agents   ?department= &capability= &status= &limit=
                /api/v1/locks    ?path= &agent= &limit=
                /api/v1/breaks   ?limit=

                Health checks and metrics are on the admin port: /healthcheck, /metrics, /ping, /threads
                """);
    }
}

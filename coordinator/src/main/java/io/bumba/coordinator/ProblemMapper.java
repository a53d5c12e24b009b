package io.bumba.coordinator;

import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every exception of the API becomes a {@link Problem}; what is no fault of the caller is logged under a number. */
public final class ProblemMapper implements ExceptionMapper<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemMapper.class);

    @Context
    @org.jspecify.annotations.Nullable
    UriInfo uri;

    @Override
    public Response toResponse(Throwable e) {
        if (e instanceof Refreshed.NothingYet) {
            return answer(
                    Response.status(503).header(HttpHeaders.RETRY_AFTER, 2),
                    503,
                    e.getMessage() + "; ask again, and look at /healthcheck on the admin port");
        }
        if (e instanceof Picture.Unreadable) {
            return answer(Response.status(503), 503, String.valueOf(e.getMessage()));
        }
        if (e instanceof WebApplicationException web) {
            Response original = web.getResponse();
            return original.hasEntity() || original.getStatus() < 400
                    ? original
                    : answer(Response.fromResponse(original), original.getStatus(), detail(web));
        }
        String number = UUID.randomUUID().toString();
        LOG.error("a request failed, number {}", number, e);
        return answer(Response.serverError(), 500, "an error of the coordinator; its log has it under " + number);
    }

    private Response answer(Response.ResponseBuilder response, int status, String detail) {
        String path = uri == null ? "" : uri.getRequestUri().getRawPath();
        return response.type(Problem.MEDIA_TYPE)
                .entity(Problem.of(status, detail, path))
                .build();
    }

    private static String detail(WebApplicationException e) {
        if (e instanceof NotFoundException && !(e instanceof TerritoryResource.NoSuchTerritory)) {
            return "there is nothing here; the resources are " + IndexServlet.resources();
        }
        if (e instanceof NotAllowedException) {
            return "this method is not for this resource; the header Allow names those that are";
        }
        if (e instanceof NotAcceptableException) {
            return "the answer is application/json; the header Accept excludes it";
        }
        if (e instanceof NotSupportedException) {
            return "the body must be application/json";
        }
        return e instanceof ClientErrorException
                ? Objects.requireNonNullElse(e.getMessage(), "")
                : "the coordinator cannot answer this";
    }
}

package io.bumba.coordinator;

import io.bumba.zk.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask, decided before anything else sees the request.
 *
 * <ul>
 *   <li>Through the Unix socket: whoever may open it, for its mode is 0600.
 *   <li>While every port is bound to loopback: reads, from this machine. A page in a browser may reach loopback too, so
 *       a {@code Host} that is no name of loopback (DNS rebinding) and an {@code Origin} of another site are refused.
 *   <li>As soon as one port is bound to another address: the operator token, for everything.
 *   <li>What is no read on the admin port: always the operator token.
 * </ul>
 */
final class Gate extends Handler.Wrapper {
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final boolean loopbackOnly;
    private final byte[] token;

    Gate(boolean loopbackOnly, Secret operatorToken) {
        this.loopbackOnly = loopbackOnly;
        this.token = ("Bearer " + operatorToken.reveal()).getBytes(StandardCharsets.UTF_8);
    }

    static void securityHeaders(HttpFields.Mutable headers) {
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("X-Frame-Options", "DENY");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        securityHeaders(response.getHeaders());
        Optional<Refusal> refusal = refusal(request);
        if (refusal.isPresent()) {
            Response.writeError(
                    request,
                    response,
                    callback,
                    refusal.get().status(),
                    refusal.get().why());
            return true;
        }
        return super.handle(request, response, callback);
    }

    private record Refusal(int status, String why) {}

    private Optional<Refusal> refusal(Request request) {
        Connector connector = request.getConnectionMetaData().getConnector();
        if (connector instanceof UnixDomainServerConnector) {
            return Optional.empty();
        }
        HttpFields headers = request.getHeaders();
        String host = headers.get(HttpHeader.HOST);
        if (loopbackOnly && !isLoopbackName(host)) {
            return refuse(403, "the header Host must be localhost, 127.0.0.1 or [::1] on a port bound to loopback");
        }
        String origin = headers.get(HttpHeader.ORIGIN);
        if (loopbackOnly && origin != null && !isOwnOrigin(origin, host)) {
            return refuse(403, "pages of other sites (header Origin) may not ask here");
        }
        boolean adminAct = "admin".equals(connector.getName()) && !READS.contains(request.getMethod());
        if ((adminAct || !loopbackOnly) && !isOperator(headers.get(HttpHeader.AUTHORIZATION))) {
            return refuse(
                    401,
                    "send the operator token: Authorization: Bearer ... (see keys/operator in the data"
                            + " directory)");
        }
        return Optional.empty();
    }

    private boolean isOperator(@Nullable String authorization) {
        return authorization != null && MessageDigest.isEqual(token, authorization.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isLoopbackName(@Nullable String host) {
        return host != null
                && LOOPBACK_NAMES.contains(host.replaceFirst(":[0-9]{1,5}$", "").toLowerCase(Locale.ROOT));
    }

    private static boolean isOwnOrigin(String origin, @Nullable String host) {
        return origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
    }

    private static Optional<Refusal> refuse(int status, String why) {
        return Optional.of(new Refusal(status, why));
    }
}

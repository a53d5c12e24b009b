package io.bumba.cli;

import io.bumba.zk.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Asks a coordinator over HTTP. Every answer comes within eight seconds, or the address is named. Thread-safe. */
final class CoordinatorApi {
    private final String url;
    private final String hint;
    private final Optional<Secret> token;
    private final HttpClient client;

    /**
     * @param url without a slash at the end
     * @param hint what to try when nobody answers
     * @param token sent along, if there is one
     */
    CoordinatorApi(String url, String hint, Optional<Secret> token) {
        this.token = token;
        this.url = url;
        this.hint = hint;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(4))
                .build();
    }

    /** The body of the answer, as it came. */
    String get(String path, Map<String, String> query) {
        String asked = url + path + (query.isEmpty() ? "" : "?" + encoded(query));
        HttpRequest request;
        try {
            HttpRequest.Builder building = HttpRequest.newBuilder(URI.create(asked))
                    .timeout(Duration.ofSeconds(8))
                    .header("Accept", "application/json");
            token.ifPresent(t -> building.header("Authorization", "Bearer " + t.reveal()));
            request = building.build();
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCode.USAGE, "url '" + url + "' is not of the form http://HOST:PORT", e);
        }
        try {
            HttpResponse<String> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (answer.statusCode() == 200) {
                return answer.body();
            }
            throw new CliException(
                    ExitCode.PROBLEM,
                    asked + " answered " + answer.statusCode() + ": " + Text.shortened(answer.body(), 300)
                            + "; is that a coordinator of this version?");
        } catch (IOException e) {
            throw new CliException(ExitCode.UNREACHABLE, "no coordinator answers at " + url + " (" + e + ")" + hint, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCode.PROBLEM, "interrupted while waiting for " + url + "; try again", e);
        }
    }

    private static String encoded(Map<String, String> query) {
        return query.entrySet().stream()
                .map(e -> URLEncoder.encode(e.getKey(), StandardCharsets.UTF_8) + "="
                        + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}

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

    /**
     * What came back.
     *
     * @param body as it came
     */
    record Answer(int status, String body) {}

    /** The body of the answer, as it came. */
    String get(String path, Map<String, String> query) {
        return body(path, answer(path, query));
    }

    /** The answer, whatever its status. */
    Answer answer(String path, Map<String, String> query) {
        return send(request(path + (query.isEmpty() ? "" : "?" + encoded(query))));
    }

    /** The body of an answer that is one. */
    String body(String asked, Answer answer) {
        if (answer.status() == 200) {
            return answer.body();
        }
        throw unexpected(asked, answer);
    }

    /** The answer, whatever its status. The form goes into the body, not into the address. */
    Answer post(String path, Map<String, String> form) {
        return send(request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(encoded(form))));
    }

    /** An answer that a coordinator of this version would not give. */
    CliException unexpected(String asked, Answer answer) {
        return new CliException(
                ExitCode.PROBLEM,
                url + asked + " answered " + answer.status() + ": " + Text.shortened(answer.body(), 300)
                        + "; is that a coordinator of this version?");
    }

    private HttpRequest.Builder request(String asked) {
        try {
            HttpRequest.Builder building = HttpRequest.newBuilder(URI.create(url + asked))
                    .timeout(Duration.ofSeconds(8))
                    .header("Accept", "application/json");
            token.ifPresent(t -> building.header("Authorization", "Bearer " + t.reveal()));
            return building;
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCode.USAGE, "url '" + url + "' is not of the form http://HOST:PORT", e);
        }
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Answer(answer.statusCode(), answer.body());
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

package io.bumba.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** A command that shows what a coordinator answers, once or again and again. */
abstract class ViewCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final GlobalOptions global;

    @Option(names = "--json", description = "Print the coordinator's JSON as it is.")
    private boolean json;

    @Option(names = "--watch", description = "Show it anew every second, until Ctrl-C.")
    private boolean watch;

    ViewCommand(GlobalOptions global) {
        this.global = global;
    }

    /** Refuses what no coordinator need be asked. */
    void check() {}

    /** What to ask. */
    abstract String path();

    abstract Map<String, String> query();

    /** The workspace that is meant, if it matters. */
    Optional<String> workspace(Target target) {
        return target.askedWorkspace();
    }

    /** Asks, and refuses what is no answer. */
    String get(CoordinatorApi api) {
        return api.get(path(), query());
    }

    /** The answer for people. */
    abstract List<String> lines(JsonNode answer, OptionalInt columns);

    /** The answer for programs; as it came, unless the command narrows it. */
    String json(String body, JsonNode answer) {
        return body;
    }

    @Override
    public final Integer call() throws InterruptedException {
        check();
        if (!watch) {
            show(ask());
            return ExitCode.OK.number();
        }
        boolean redraws = !json && Terminal.isOut();
        while (!System.out.checkError()) {
            List<String> next = askAnyway();
            if (redraws) {
                System.out.print(Terminal.CLEAR);
            }
            show(next);
            if (!redraws && !json) {
                System.out.println();
            }
            System.out.flush();
            TimeUnit.SECONDS.sleep(1);
        }
        return ExitCode.OK.number();
    }

    private List<String> ask() {
        Target target = global.target();
        CoordinatorApi api = new CoordinatorApi(target.url(), target.hint(), target.operatorToken());
        try {
            Optional<String> meant = workspace(target);
            if (meant.isPresent()) {
                requireWorkspace(target, meant.get(), JSON.readTree(api.get("/api/v1/status", Map.of())));
            }
            String body = get(api);
            JsonNode answer = JSON.readTree(body);
            return json
                    ? List.of(json(body, answer).stripTrailing())
                    : lines(answer, Terminal.columns(global.around()));
        } catch (JsonProcessingException e) {
            throw new CliException(
                    ExitCode.PROBLEM, target.url() + path() + " did not answer in JSON; is that a coordinator?", e);
        }
    }

    /** A coordinator shows the workspace that it was started with. */
    private static void requireWorkspace(Target target, String asked, JsonNode status) {
        String served = status.path("workspace").asText("");
        if (!asked.equals(served)) {
            throw new CliException(
                    ExitCode.USAGE,
                    "the coordinator at " + target.url() + " shows workspace '" + served + "', not '" + asked
                            + "'; leave --workspace out, or ask a coordinator that was started with --workspace "
                            + asked);
        }
    }

    /** What came, or why nothing came: a watch goes on when the coordinator is away, and finds it when it is back. */
    private List<String> askAnyway() {
        try {
            return ask();
        } catch (CliException e) {
            if (e.code() == ExitCode.USAGE) {
                throw e;
            }
            String line = "bumba: " + Text.oneLine(String.valueOf(e.getMessage()));
            if (json) {
                System.err.println(line);
                return List.of();
            }
            return List.of(line, "", "asking again every second; Ctrl-C ends this");
        }
    }

    private static void show(List<String> lines) {
        lines.forEach(System.out::println);
    }

    /** A line that says how old the picture is, when it is too old to be taken for the present. */
    static List<String> warningIfStale(JsonNode answer) {
        JsonNode asOf = answer.path("asOf");
        List<String> lines = new ArrayList<>();
        if (asOf.path("stale").asBoolean(false)) {
            lines.add("NOT UP TO DATE: the coordinator does not hear from ZooKeeper; this was true " + age(asOf)
                    + " ago");
            lines.add("");
        }
        return lines;
    }

    /** In words, the {@code ageMillis} of an object. */
    static String age(JsonNode aged) {
        return aged.path("ageMillis").isNumber()
                ? Durations.words(
                        java.time.Duration.ofMillis(aged.path("ageMillis").asLong()))
                : "";
    }
}

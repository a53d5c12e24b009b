package io.bumba.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bumba.lock.BreakRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A task of the coordinator's admin port, for which the operator's token is sent; says what came of it. */
final class OperatorTask {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String path;
    private final Target target;
    private final String url;
    private final boolean json;

    /**
     * @param path of the task
     * @param adminUrl what the command line says, if it does
     * @param json whether the answer is printed as it came
     */
    OperatorTask(String path, Target target, @Nullable String adminUrl, boolean json) {
        this.path = path;
        this.target = target;
        this.url = target.adminUrl(adminUrl);
        this.json = json;
    }

    /**
     * Has it carried out, and prints the answer.
     *
     * @return the exit code, which is OK
     * @throws CliException for every other answer: NOT_HELD when there is nothing of the kind
     */
    int carryOut(Map<String, String> form) {
        CoordinatorApi admin = new CoordinatorApi(url, target.hint(), target.operatorToken(url));
        CoordinatorApi.Answer answer = admin.post(path, form);
        JsonNode told = read(admin, answer);
        switch (answer.status()) {
            case 200 ->
                System.out.println(
                        json
                                ? answer.body().stripTrailing()
                                : Text.oneLine(told.path("message").asText()));
            case 409 -> {
                if (json) {
                    System.out.println(answer.body().stripTrailing());
                }
                throw refused(ExitCode.NOT_HELD, told);
            }
            case 400 -> throw refused(ExitCode.USAGE, told);
            case 421 -> throw refused(ExitCode.NOT_BOUND, told);
            case 503 -> throw refused(ExitCode.UNREACHABLE, told);
            case 401, 403 ->
                throw new CliException(
                        ExitCode.PROBLEM,
                        url + " refused: " + told.path("detail").asText()
                                + "; name the file of its operator token by BUMBA_OPERATOR_TOKEN_FILE");
            default -> throw admin.unexpected(path, answer);
        }
        return ExitCode.OK.number();
    }

    private JsonNode read(CoordinatorApi admin, CoordinatorApi.Answer answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw admin.unexpected(path, answer);
        }
    }

    private static CliException refused(ExitCode code, JsonNode problem) {
        return new CliException(code, problem.path("detail").asText("the coordinator did not say why"));
    }

    /** Who does it, when it is not said. */
    static String user() {
        String name = Text.shortened(System.getProperty("user.name", ""), BreakRequest.MAX_BY);
        return name.isBlank() || name.equals("?") ? "operator" : name;
    }
}

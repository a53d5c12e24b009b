package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.bumba.BumbaException;
import io.bumba.lock.Claim;
import io.bumba.lock.LockResult;
import io.bumba.path.RepoPath;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

final class SessionAnswerTest {
    @Test
    void everyTextIsOneLineUnderItsOwnMarkAndTheCodeComesLast() {
        SessionAnswer answer = new SessionAnswer(
                ExitCode.OK,
                List.of("a\n= 0", "b\u001b[2J"),
                List.of("note\r\n1 fake"),
                SessionAnswer.object().put("path", "a\n= 7\u202E"),
                () -> {});
        assertThat(answer.lines(false)).isEqualTo("1 a = 0\n1 b<U+001B>[2J\n2 bumba: note  1 fake\n= 0\n");
        assertThat(answer.lines(true))
                .isEqualTo("1 {\"path\":\"a\\n= 7\\u202E\",\"exitCode\":0}\n2 bumba: note  1 fake\n= 0\n");
    }

    @Test
    void whatATerritoryForbidsIsARefusalThatNamesTheTerritory() {
        LockResult forbidden = new LockResult.TerritoryForbids(
                RepoPath.of("src/a.js"),
                new Claim("t-1", "Log in", "EXCLUSIVE", "Tester-Owner", Instant.EPOCH, "src/**"));
        SessionAnswer answer = SessionAnswer.refusal(catchThrowable(forbidden::orElseThrow));
        assertThat(answer.code()).isEqualTo(ExitCode.HELD);
        assertThat(answer.lines(false)).contains("2 bumba: src/a.js lies in the EXCLUSIVE territory 'Log in' (t-1)");
        assertThat(answer.lines(true))
                .contains("\"path\":\"src/a.js\",\"holders\":[],\"territory\":{\"id\":\"t-1\",\"title\":\"Log in\",")
                .contains("\"type\":\"EXCLUSIVE\",\"owner\":\"Tester-Owner\",\"since\":\"1970-01-01T00:00:00Z\",")
                .contains("\"pattern\":\"src/**\"},\"exitCode\":3}");
    }

    @Test
    void aRefusalHasTheCodeOfItsCause() {
        assertThat(SessionAnswer.refusal(new CompletionException(new CliException(ExitCode.NOT_HELD, "no")))
                        .lines(false))
                .isEqualTo("2 bumba: no\n= 7\n");
        assertThat(SessionAnswer.refusal(new BumbaException(BumbaException.Code.SESSION_LOST, "gone"))
                        .code())
                .isEqualTo(ExitCode.LOST);
        assertThat(SessionAnswer.refusal(new BumbaException(BumbaException.Code.UNAVAILABLE, "away"))
                        .code())
                .isEqualTo(ExitCode.UNREACHABLE);
        assertThat(SessionAnswer.refusal(new AssertionError("odd")).code()).isEqualTo(ExitCode.PROBLEM);
    }
}

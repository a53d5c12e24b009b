package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.BumbaException;
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

package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SessionClientTest {
    @Test
    void theLinesOfAnAnswerAreReadBack() {
        String lines = "1 {\"id\":\"t-1\"}\n1 second\n2 bumba: note: new\n2 bumba: no\n= 3\n";
        assertThat(SessionClient.Answer.parse(lines)).hasValueSatisfying(answer -> {
            assertThat(answer.code()).isEqualTo(3);
            assertThat(answer.out()).containsExactly("{\"id\":\"t-1\"}", "second");
            assertThat(answer.notes()).containsExactly("note: new", "no");
            assertThat(answer.why()).contains("no");
        });
    }

    @Test
    void anAnswerThatWasCutOffIsNone() {
        assertThat(SessionClient.Answer.parse("1 all is well\n")).isEmpty();
        assertThat(SessionClient.Answer.parse("")).isEmpty();
    }
}

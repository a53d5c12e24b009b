package io.bumba.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bumba.testkit.Jvm;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MutantTest {
    private static final String SOURCE = "a = 1;\nb = 2;\nb = 2;\nlong.\n      call();\n";

    @Test
    void theTextIsReplaced() {
        assertThat(new Patch("T", "a = 1;", "a = 3;").applyTo(SOURCE)).isEqualTo(SOURCE.replace("a = 1;", "a = 3;"));
        assertThat(new Patch("T", "long. call();", "x();").applyTo(SOURCE)).endsWith("b = 2;\nx();\n");
    }

    @Test
    void aTextThatHasGoneOrIsNotTheOnlyOneIsRefused() {
        assertThatThrownBy(() -> new Patch("T", "c = 1;", "").applyTo(SOURCE)).hasMessageContaining("nowhere");
        assertThatThrownBy(() -> new Patch("T", "b = 2;", "").applyTo(SOURCE)).hasMessageContaining("more than once");
    }

    @Test
    void aMutantOfASourceThatHasChangedIsRefused(@TempDir Path directory) {
        Mutant gone = Mutant.of(new Patch("io.bumba.lock.Line", "no such text", ""));
        assertThatThrownBy(() -> gone.compile(Sources.find(), Jvm.classpath(), directory))
                .hasMessageContaining("io.bumba.lock.Line");
        Mutant broken =
                Mutant.of(new Patch("io.bumba.lock.Line", "record Line(List<Contender>", "rec Line(List<Contender>"));
        assertThatThrownBy(() -> broken.compile(Sources.find(), Jvm.classpath(), directory))
                .hasMessageContaining("does not compile");
    }
}

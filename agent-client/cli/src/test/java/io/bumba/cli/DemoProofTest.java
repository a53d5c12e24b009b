package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DemoProofTest {
    private static final String BEFORE = "int main;\n";

    private final CommentStyle style = CommentStyle.of("a.c").orElseThrow();
    private final List<DemoLedger.Entry> ledger = new ArrayList<>();
    private String now = BEFORE;

    @Test
    void aRunInWhichEveryEditArrivedIsProven() {
        edit("demo1", 1);
        edit("demo2", 1);
        edit("demo1", 2);
        assertThat(proof().holds()).isTrue();
        assertThat(now).contains("// bumba-demo counter 3\n").contains("// bumba-demo agent=demo1 seq=2\n");
    }

    @Test
    void anOverwrittenEditIsFound() {
        edit("demo1", 1);
        String stale = now;
        edit("demo2", 1);
        now = new DemoEdit("demo1", 2).applyTo(stale, style);
        ledger.add(new DemoLedger.Entry("a.c", new DemoEdit("demo1", 2)));
        assertThat(proof().lost()).isEqualTo(1);
        assertThat(proof().wrongCounters()).containsExactly("a.c");
        assertThat(proof().holds()).isFalse();
    }

    @Test
    void anEditThatIsThereTwiceIsFound() {
        edit("demo1", 1);
        now += "// bumba-demo agent=demo1 seq=1\n";
        assertThat(proof().repeated()).isEqualTo(1);
        assertThat(proof().holds()).isFalse();
    }

    @Test
    void anEditThatNobodyAcknowledgedIsFound() {
        edit("demo1", 1);
        now = new DemoEdit("demo9", 1).applyTo(now, style);
        assertThat(proof().unknown()).isEqualTo(1);
        assertThat(proof().holds()).isFalse();
    }

    @Test
    void aFileThatLostItsOldTextIsFound() {
        now = "";
        edit("demo1", 1);
        assertThat(proof().damaged()).containsExactly("a.c");
        assertThat(proof().holds()).isFalse();
    }

    @Test
    void nothingIsProvenByARunWithoutEdits() {
        assertThat(proof().holds()).isFalse();
    }

    @Test
    void aFileWithoutALineBreakAtItsEndKeepsItsLastLine() {
        String edited = new DemoEdit("demo1", 1).applyTo("x", style);
        assertThat(edited).isEqualTo("x\n// bumba-demo counter 1\n// bumba-demo agent=demo1 seq=1\n");
    }

    @Test
    void everyTypeOfFileHasItsOwnComment() {
        assertThat(CommentStyle.of("x/y.md").orElseThrow().line("t")).isEqualTo("<!-- t -->");
        assertThat(CommentStyle.of("pom.xml").orElseThrow().line("t")).isEqualTo("<!-- t -->");
        assertThat(CommentStyle.of("a.py").orElseThrow().line("t")).isEqualTo("# t");
        assertThat(CommentStyle.of("data.json")).isEmpty();
        assertThat(CommentStyle.of("Makefile")).isEmpty();
    }

    private void edit(String agent, long seq) {
        DemoEdit edit = new DemoEdit(agent, seq);
        now = edit.applyTo(now, style);
        ledger.add(new DemoLedger.Entry("a.c", edit));
    }

    private DemoProof proof() {
        return DemoProof.of(List.of(new DemoProof.File("a.c", BEFORE, now)), ledger);
    }
}

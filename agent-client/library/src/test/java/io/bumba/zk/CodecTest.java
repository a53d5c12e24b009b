package io.bumba.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bumba.path.RepoPath;
import java.nio.charset.StandardCharsets;
import org.apache.zookeeper.common.PathUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {
    record Thing(String name, int size) {}

    @Test
    void recordsAreOneLineOfVersionedJson() {
        byte[] bytes = Codec.encode(new Thing("a", 3));
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("{\"v\":1,\"name\":\"a\",\"size\":3}");
        assertThat(Codec.decode(bytes, Thing.class)).isEqualTo(new Decoded.Known<>(new Thing("a", 3)));
    }

    @Test
    void fieldsOfALaterMinorVersionAreIgnored() {
        byte[] bytes = "{\"v\":1,\"name\":\"a\",\"size\":3,\"colour\":\"red\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(Codec.decode(bytes, Thing.class).value()).contains(new Thing("a", 3));
    }

    @Test
    void anotherVersionIsAnOutcome() {
        byte[] bytes = "{\"v\":2,\"name\":{}}".getBytes(StandardCharsets.UTF_8);
        assertThat(Codec.decode(bytes, Thing.class)).isEqualTo(new Decoded.OtherVersion<Thing>(2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", "[]", "{}", "{\"v\":\"1\"}", "{\"v\":1,\"size\":\"many\"}", "{\"v\":1,\"name\":", "null"
            })
    void whatIsNoRecordIsAnOutcomeToo(String text) {
        assertThat(Codec.decode(text.getBytes(StandardCharsets.UTF_8), Thing.class))
                .isInstanceOf(Decoded.Malformed.class);
    }

    @Test
    void aRecordTooLargeForAZnodeIsRefusedByTheLimitsName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codec.encode(new Thing("x".repeat(Codec.MAX_BYTES), 1)))
                .withMessageContaining("MAX_BYTES");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"login.js", "a@lock", "100%", "%41", "ünï", "😀.txt", "x\uE000y", "\uFFF5", "@", "a b", "日本"})
    void everyNameIsAZnodesNameAndComesBack(String name) {
        String encoded = Names.encode(name);
        PathUtils.validatePath("/" + encoded);
        assertThat(encoded).doesNotContain("@");
        assertThat(Names.decode(encoded)).isEqualTo(name);
    }

    @Test
    void aFileCannotBeTakenForAnotherFilesLock() {
        Layout layout = new Layout("/bumba", "w");
        assertThat(layout.lock(RepoPath.of("a"))).isEqualTo("/bumba/workspaces/w/locks/a@lock");
        assertThat(layout.lock(RepoPath.of("a@lock"))).isEqualTo("/bumba/workspaces/w/locks/a%40lock@lock");
        assertThat(layout.directories(RepoPath.of("x/y/z")))
                .containsExactly("/bumba/workspaces/w/locks/x", "/bumba/workspaces/w/locks/x/y");
        assertThat(Layout.segment("a%40lock@lock")).isEqualTo("a@lock");
    }
}

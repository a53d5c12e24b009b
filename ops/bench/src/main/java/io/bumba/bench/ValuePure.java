package io.bumba.bench;

import io.bumba.path.RepoPath;
import io.bumba.zk.Codec;
import java.time.Instant;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The values that every lock makes. */
@State(Scope.Benchmark)
public class ValuePure {
    /** Like the data of a contender. */
    public record Data(String agent, String reason, Instant since) {}

    private static final Data DATA =
            new Data("Engineer-Ada-1700000000000-0123abcd", "edits the login page", Instant.EPOCH);

    private final byte[] encoded = Codec.encode(DATA);
    private final String path = "src/main/java/io/bumba/auth/LoginService.java";

    @Benchmark
    public Object repoPathOf() {
        return RepoPath.of(path);
    }

    @Benchmark
    public byte[] codecEncode() {
        return Codec.encode(DATA);
    }

    @Benchmark
    public Object codecDecode() {
        return Codec.decode(encoded, Data.class);
    }
}

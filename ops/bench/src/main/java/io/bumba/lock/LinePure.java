package io.bumba.lock;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Whether a contender holds, decided from a listing; in this package because the parts are hidden. */
@State(Scope.Benchmark)
public class LinePure {
    @Param({"10", "1000"})
    public int contenders;

    private final List<String> children = new ArrayList<>();
    private String first = "";

    @Setup
    public void list() {
        Random random = new Random(contenders);
        for (int i = 0; i < contenders; i++) {
            String uuid = new UUID(random.nextLong(), random.nextLong()).toString();
            children.add(Contender.prefix(uuid, LockMode.EXCLUSIVE) + String.format("%010d", i));
        }
        first = children.get(0);
        Collections.shuffle(children, random);
    }

    @Benchmark
    public boolean lineOfAndHolds() {
        return Line.of(children, List.of()).holds(first);
    }

    @Benchmark
    public Object contenderParse() {
        return Contender.parse(first);
    }
}

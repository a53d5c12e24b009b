package io.bumba.bench;

import io.bumba.lock.LinePure;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench pure}: the parts that ask no server, by JMH, each in a JVM of its own. */
@Command(
        name = "pure",
        description = "The pure parts, by JMH: nanoseconds per call on this machine.",
        mixinStandardHelpOptions = true)
final class PureCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--quick", description = "Short iterations, to see that it runs.")
    private boolean quick;

    @Override
    public Integer call() {
        TimeValue time = TimeValue.milliseconds(quick ? 50 : 1_000);
        Options options = new OptionsBuilder()
                .include(LinePure.class.getSimpleName())
                .include(ValuePure.class.getSimpleName())
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(1)
                .jvmArgs("-Xmx256m", "-XX:+UseSerialGC")
                .warmupIterations(3)
                .warmupTime(time)
                .measurementIterations(5)
                .measurementTime(time)
                .verbosity(VerboseMode.SILENT)
                .build();
        CommandSpec command = Objects.requireNonNull(spec);
        command.commandLine().getErr().println("bench: measuring; about a minute");
        command.commandLine().getErr().flush();
        try {
            show(new Runner(options).run());
        } catch (RunnerException e) {
            throw new BenchException("JMH cannot run", e);
        }
        return 0;
    }

    private void show(Collection<RunResult> results) {
        var out = Objects.requireNonNull(spec).commandLine().getOut();
        out.printf(Locale.ROOT, "%-36s %12s %12s%n", "what", "ns/call", "error (99.9%)");
        for (RunResult run : results) {
            Result<?> result = run.getPrimaryResult();
            String size = run.getParams().getParam("contenders");
            out.printf(
                    Locale.ROOT,
                    "%-36s %12.1f %12.1f%n",
                    result.getLabel() + (size == null ? "" : ", contenders: " + size),
                    result.getScore(),
                    result.getScoreError());
        }
        out.flush();
    }
}

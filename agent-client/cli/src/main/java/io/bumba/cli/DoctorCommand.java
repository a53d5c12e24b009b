package io.bumba.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.bumba.cli.Finding.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bumba doctor}: looks at the whole setup and says what to do. */
@Command(name = "doctor", description = "Check the setup, and say what to do.")
final class DoctorCommand implements Callable<Integer> {
    private final GlobalOptions global;

    @Option(names = "--json", description = "Print the findings as JSON.")
    private boolean json;

    DoctorCommand(GlobalOptions global) {
        this.global = global;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        List<Finding> findings = new ArrayList<>();
        findings.addAll(new MachineChecks(global.around()).findings());
        findings.addAll(new DataChecks(global.target()).findings());
        findings.addAll(new ServerChecks(global.target(), global.around()).findings());
        boolean healthy = findings.stream().noneMatch(f -> f.level() == Level.PROBLEM);
        if (json) {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("v", 1);
            answer.put("healthy", healthy);
            answer.put("checks", findings);
            System.out.println(new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(answer));
        } else {
            lines(findings).forEach(System.out::println);
        }
        return (healthy ? ExitCode.OK : ExitCode.PROBLEM).number();
    }

    /** One line for each finding, a second one with what to do. */
    static List<String> lines(List<Finding> findings) {
        List<String> lines = new ArrayList<>();
        for (Finding each : findings) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-8s %-14s %s",
                    each.level().name().toLowerCase(Locale.ROOT),
                    each.name(),
                    Text.oneLine(each.message())));
            if (!each.advice().isEmpty()) {
                lines.add(String.format(Locale.ROOT, "%-8s %-14s -> %s", "", "", Text.oneLine(each.advice())));
            }
        }
        long problems =
                findings.stream().filter(f -> f.level() == Level.PROBLEM).count();
        long warnings =
                findings.stream().filter(f -> f.level() == Level.WARNING).count();
        lines.add("");
        lines.add(
                problems == 0 && warnings == 0
                        ? "all is well"
                        : count(problems, "problem") + ", " + count(warnings, "warning"));
        return lines;
    }

    private static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}

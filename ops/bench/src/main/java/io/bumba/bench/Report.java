package io.bumba.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** What one run found, as JSON; {@link Page} shows it to people. */
record Report(String date, Machine machine, Plan plan, List<Row> rows, List<Exclusion> exclusions, List<String> notes) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    Report {
        rows = List.copyOf(rows);
        exclusions = List.copyOf(exclusions);
        notes = List.copyOf(notes);
    }

    String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new BenchException("cannot write the report", e);
        }
    }

    /** Collects a run. Not thread-safe. */
    static final class Builder {
        private final List<Row> rows = new ArrayList<>();
        private final List<Exclusion> exclusions = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        void add(Row row) {
            rows.add(row);
        }

        void add(Exclusion exclusion) {
            exclusions.add(exclusion);
        }

        void note(String note) {
            notes.add(note);
        }

        Report build(Instant date, Machine machine, Plan plan) {
            return new Report(date.truncatedTo(ChronoUnit.SECONDS).toString(), machine, plan, rows, exclusions, notes);
        }
    }
}

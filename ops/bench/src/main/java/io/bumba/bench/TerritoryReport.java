package io.bumba.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.util.List;

/** What one run of {@code bench territories} found. */
record TerritoryReport(String date, Machine machine, List<TerritoryRow> rows, List<String> notes) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    TerritoryReport {
        rows = List.copyOf(rows);
        notes = List.copyOf(notes);
    }

    String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new BenchException("cannot write the report", e);
        }
    }

    @Override
    public String toString() {
        StringBuilder page = new StringBuilder();
        page.append("Territories, measured in turn, ")
                .append(date)
                .append('\n')
                .append(machine)
                .append("\n\n");
        rows.forEach(row -> page.append(row).append('\n'));
        page.append('\n');
        notes.forEach(note -> page.append("- ").append(note).append('\n'));
        return page.toString();
    }
}

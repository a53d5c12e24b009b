package io.bumba.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the processes wrote down of their requests: a line of JSON when one is made, another when it is answered, each
 * handed to the system at once, so that it survives a SIGKILL.
 */
final class TerritoryHistory {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TerritoryHistory() {}

    /** Appends. Thread-safe. */
    static final class Writer implements AutoCloseable {
        private final FileChannel file;

        Writer(Path path) {
            try {
                file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + path, e);
            }
        }

        synchronized void write(Asked asked) {
            try {
                ByteBuffer line =
                        ByteBuffer.wrap((JSON.writeValueAsString(asked) + "\n").getBytes(StandardCharsets.UTF_8));
                while (line.hasRemaining()) {
                    int ignored = file.write(line);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("the history cannot be written", e);
            }
        }

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException("the history cannot be closed", e);
            }
        }
    }

    /** How much a process has written down so far. */
    static long lines(Path path) {
        try (Stream<String> lines = Files.lines(path)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }

    /** The requests of one process, as they stood at its end. */
    static Collection<Asked> read(Path path) {
        try {
            String text = Files.readString(path);
            // A last line without its end was being written when the process died.
            List<String> lines =
                    text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
            Map<String, Asked> byTitle = new LinkedHashMap<>();
            for (String line : lines) {
                Asked asked = JSON.readValue(line, Asked.class);
                byTitle.put(asked.title() + asked.patterns(), asked);
            }
            return byTitle.values();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("no history: " + path, e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }
}

package io.bumba.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * One agent's own list of the edits that it acknowledged, each written after the file was. A line that is there in part
 * was not acknowledged. Not thread-safe.
 */
final class DemoLedger implements AutoCloseable {
    /**
     * @param path the file, relative to the tree's root
     * @param edit what was done to it
     */
    record Entry(String path, DemoEdit edit) {}

    private final FileChannel channel;

    DemoLedger(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    void acknowledge(Entry entry) throws IOException {
        ByteBuffer line = StandardCharsets.UTF_8.encode(
                entry.edit().agent() + "\t" + entry.edit().seq() + "\t" + entry.path() + "\n");
        while (line.hasRemaining()) {
            channel.write(line);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    static List<Entry> read(Path file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        String text = Files.exists(file) ? Files.readString(file) : "";
        text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(line -> {
            List<String> parts = List.of(line.split("\t", 3));
            entries.add(new Entry(parts.get(2), new DemoEdit(parts.get(0), Long.parseLong(parts.get(1)))));
        });
        return entries;
    }
}

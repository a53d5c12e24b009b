package io.bumba.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks the session around this process, as the start script does by curl. The session hears it when this process is gone:
 * a call that waits ends with its connection. Thread-safe.
 */
final class SessionClient {
    private static final String END_OF_HEADERS = "\r\n\r\n";

    private final Path socket;
    private final Path cwd;

    SessionClient(Path socket, Path cwd) {
        this.socket = socket;
        this.cwd = cwd;
    }

    /** What the session answered. */
    record Answer(int code, List<String> out, List<String> notes) {
        Optional<String> why() {
            return notes.stream().reduce((first, last) -> last);
        }

        /** Reads the lines of {@link SessionAnswer#lines}; empty when they are cut off. */
        static Optional<Answer> parse(String lines) {
            List<String> out = new ArrayList<>();
            List<String> notes = new ArrayList<>();
            for (String line : lines.split("\n", -1)) {
                if (line.startsWith("1 ")) {
                    out.add(line.substring(2));
                } else if (line.startsWith("2 bumba: ")) {
                    notes.add(line.substring("2 bumba: ".length()));
                } else if (line.matches("= [0-9]{1,3}")) {
                    return Optional.of(new Answer(Integer.parseInt(line.substring(2)), out, notes));
                }
            }
            return Optional.empty();
        }
    }

    /**
     * The answer to these words.
     *
     * @param most how long the session may take
     * @throws CliException UNREACHABLE when there is none
     */
    Answer ask(Duration most, List<String> words) throws InterruptedException {
        CompletableFuture<Answer> answer = send(words);
        try {
            return answer.get(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            answer.cancel(false);
            throw e;
        } catch (TimeoutException e) {
            answer.cancel(false);
            throw unanswered("no answer within " + Durations.words(most), e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e);
        }
    }

    /** The same without waiting. Cancelling closes the connection. */
    CompletableFuture<Answer> send(List<String> words) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Supervisor.threads().execute(() -> {
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                CompletableFuture<Answer> unused = answer.whenComplete((done, failure) -> closeQuietly(channel));
                write(channel, words);
                String read = readToTheEnd(channel);
                // Before the answer there may be interim ones without a body; the body has no carriage returns.
                String body = read.substring(read.lastIndexOf(END_OF_HEADERS) + END_OF_HEADERS.length());
                Optional<Answer> parsed = read.contains(END_OF_HEADERS) ? Answer.parse(body) : Optional.empty();
                answer.complete(parsed.orElseThrow(() -> new IOException("its answer was cut off")));
            } catch (IOException e) {
                answer.completeExceptionally(unanswered(e.toString(), e));
            }
        });
        return answer;
    }

    private void write(SocketChannel channel, List<String> words) throws IOException {
        StringBuilder form = new StringBuilder("cwd=").append(encoded(cwd.toString()));
        words.forEach(word -> form.append("&arg=").append(encoded(word)));
        byte[] body = form.toString().getBytes(StandardCharsets.US_ASCII);
        String head = "POST /command HTTP/1.1\r\nHost: bumba\r\nConnection: close\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + body.length + END_OF_HEADERS;
        ByteBuffer request = ByteBuffer.allocate(head.length() + body.length)
                .put(head.getBytes(StandardCharsets.US_ASCII))
                .put(body)
                .flip();
        while (request.hasRemaining()) {
            channel.write(request);
        }
    }

    private static String readToTheEnd(SocketChannel channel) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer some = ByteBuffer.allocate(8_192);
        while (channel.read(some.clear()) >= 0) {
            all.write(some.array(), 0, some.position());
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            System.err.println("bumba: " + Text.oneLine("the session's socket did not close in order (" + e + ")"));
        }
    }

    private CliException unanswered(String why, Exception cause) {
        return new CliException(
                ExitCode.UNREACHABLE,
                "the session at " + socket + " did not answer (" + why
                        + "); if it has ended its locks and territories are gone: write nothing, leave this shell, and begin"
                        + " a new 'bumba session'",
                cause);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}

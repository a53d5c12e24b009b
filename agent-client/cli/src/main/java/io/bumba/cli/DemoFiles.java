package io.bumba.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Which of a repository's tracked files the demo's agents edit. */
final class DemoFiles {
    private static final long MOST_BYTES = 64 * 1024;

    private DemoFiles() {}

    /**
     * Ordinary text files whose comments we know, source code first, spread over the whole repository.
     *
     * @param tracked relative to the root, as git names them
     */
    static List<String> choose(Path root, List<String> tracked, int most) {
        List<String> fit = tracked.stream()
                .filter(path -> CommentStyle.of(path).isPresent())
                .filter(path -> path.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\' && c != '"'))
                .filter(path -> isSmallText(root.resolve(path)))
                .sorted(Comparator.comparing(CommentStyle::rank).thenComparing(Comparator.naturalOrder()))
                .toList();
        if (fit.isEmpty()) {
            return fit;
        }
        int bestRank = CommentStyle.rank(fit.get(0));
        List<String> best =
                fit.stream().filter(path -> CommentStyle.rank(path) == bestRank).toList();
        List<String> from = best.size() >= most ? best : fit;
        int count = Math.min(most, from.size());
        return best.size() >= most
                ? IntStream.range(0, count)
                        .mapToObj(i -> from.get((int) ((long) i * from.size() / count)))
                        .toList()
                : from.subList(0, count);
    }

    private static boolean isSmallText(Path file) {
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MOST_BYTES) {
                return false;
            }
            for (byte b : Files.readAllBytes(file)) {
                if (b == 0) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.bumba.path;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The canonical name of a file, relative to the root of its workspace, under which it is locked. All spellings of a name
 * are one value, so that agents that mean the same file meet at the same lock: {@code ./a}, {@code b/../a}, {@code .//a}
 * and {@code a/.} are {@code a}, and Unicode is brought to NFC, so two files whose names differ in that alone share a
 * lock. {@code ..} is taken from the text; no link is looked at (that is {@code io.bumba.file.Tree}'s work).
 *
 * <p>Refused: what is empty or the root itself, absolute, or leaves the root; a trailing {@code /}, which means a
 * directory, also in patterns; backslashes; every code point that is not {@link Printable#isPrintable printable}, and
 * U+FFFD, which stands for bytes that were not UTF-8; a segment that only looks like dots, such as U+2025; more than
 * {@link #MAX_BYTES} bytes, or {@link #MAX_SEGMENT_BYTES} in one segment, as UTF-8. Characters newer than this Java are
 * refused because another Java might normalise them differently, and hold the same file under another name.
 *
 * <p>Everything else is a name as it stands: {@code %2e} is not decoded, and {@code a.}, {@code a } (with a space) and
 * {@code CON} are three files more.
 *
 * @param value canonical; the constructor makes it so, or throws {@link IllegalArgumentException} naming the text, the
 *     rule and the next step
 */
public record RepoPath(@JsonValue String value) implements Comparable<RepoPath> {
    public static final int MAX_BYTES = 1_024;
    public static final int MAX_SEGMENT_BYTES = 255;

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public RepoPath {
        value = CanonicalForm.of(value, CasePolicy.SENSITIVE);
    }

    /** The path in a workspace that tells {@code A} from {@code a}. */
    public static RepoPath of(String text) {
        return new RepoPath(text);
    }

    /** The path in a workspace with this policy. JSON is read as {@link CasePolicy#SENSITIVE}: fold what users send. */
    public static RepoPath of(String text, CasePolicy policy) {
        return new RepoPath(CanonicalForm.of(text, policy));
    }

    /** The directories from the root on, then the name; at least one. */
    public List<String> segments() {
        return List.of(value.split("/", -1));
    }

    /** The last segment. */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /** The directory, or empty when that is the root. */
    public Optional<RepoPath> parent() {
        int slash = value.lastIndexOf('/');
        return slash < 0 ? Optional.empty() : Optional.of(new RepoPath(value.substring(0, slash)));
    }

    /** Whether this is {@code dir} or lies below it, by whole segments. */
    public boolean startsWith(RepoPath dir) {
        return value.equals(dir.value) || value.startsWith(dir.value + "/");
    }

    /** By code points, which is the order of the bytes in UTF-8; not the order of {@link String#compareTo}. */
    @Override
    public int compareTo(RepoPath other) {
        return Arrays.compareUnsigned(
                value.getBytes(StandardCharsets.UTF_8), other.value.getBytes(StandardCharsets.UTF_8));
    }

    /** The canonical text. */
    @Override
    public String toString() {
        return value;
    }
}

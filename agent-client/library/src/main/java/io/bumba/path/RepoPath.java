package io.bumba.path;

/** Stub. */
public record RepoPath(String value) implements Comparable<RepoPath> {
    public static RepoPath of(String text) {
        return new RepoPath(text);
    }

    @Override
    public int compareTo(RepoPath other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

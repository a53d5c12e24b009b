package io.bumba.path;

import java.util.Arrays;
import java.util.List;

/** What a pattern matches. Immutable. */
sealed interface PatternSet {
    /** @param text canonical; kept if that is all there is to it */
    static PatternSet of(String text, List<Route> routes) {
        Route first = routes.get(0);
        if (routes.size() > 1 || !(first.isFile() || first.isTree())) {
            return new Globs(routes.toArray(Route[]::new));
        }
        String joined = String.join("/", first.literalPrefix());
        String path = joined.equals(text) ? text : joined;
        return first.isFile() ? new File(path) : new Tree(path);
    }

    private static List<String> segments(String path) {
        return List.of(path.split("/", -1));
    }

    List<Route> routes();

    boolean matches(RepoPath path, Work work);

    default boolean meets(PatternSet other, Work work) {
        for (Route mine : routes()) {
            for (Route theirs : other.routes()) {
                if (mine.meets(theirs, work)) {
                    return true;
                }
            }
        }
        return false;
    }

    default boolean reachesInto(List<String> directory, Work work) {
        return routes().stream().anyMatch(route -> route.reachesInto(directory, work));
    }

    default List<String> literalPrefix() {
        List<Route> routes = routes();
        List<String> common = routes.get(0).literalPrefix();
        for (Route route : routes) {
            List<String> prefix = route.literalPrefix();
            int same = 0;
            while (same < Math.min(common.size(), prefix.size())
                    && common.get(same).equals(prefix.get(same))) {
                same++;
            }
            common = common.subList(0, same);
        }
        return List.copyOf(common);
    }

    /**
     * Exactly one path. Most patterns are this or a {@link Tree}; they need no more than their text.
     *
     * @param path canonical, unescaped
     */
    record File(String path) implements PatternSet {
        @Override
        public List<Route> routes() {
            return List.of(Route.file(segments(path)));
        }

        @Override
        public boolean matches(RepoPath other, Work work) {
            work.step();
            return path.equals(other.value());
        }

        @Override
        public boolean meets(PatternSet other, Work work) {
            if (other instanceof File file) {
                work.step();
                return path.equals(file.path);
            }
            return other instanceof Tree tree ? tree.meets(this, work) : PatternSet.super.meets(other, work);
        }
    }

    /**
     * One path and, if that is a directory, all below it.
     *
     * @param path canonical, unescaped
     */
    record Tree(String path) implements PatternSet {
        @Override
        public List<Route> routes() {
            return List.of(Route.tree(segments(path)));
        }

        @Override
        public boolean matches(RepoPath other, Work work) {
            work.step();
            return isOrIsAbove(other.value());
        }

        @Override
        public boolean meets(PatternSet other, Work work) {
            if (other instanceof File file) {
                work.step();
                return isOrIsAbove(file.path);
            }
            if (other instanceof Tree tree) {
                work.step();
                return isOrIsAbove(tree.path) || tree.isOrIsAbove(path);
            }
            return PatternSet.super.meets(other, work);
        }

        private boolean isOrIsAbove(String other) {
            return other.startsWith(path) && (other.length() == path.length() || other.charAt(path.length()) == '/');
        }
    }

    /** Everything else. */
    final class Globs implements PatternSet {
        private final Route[] routes;

        Globs(Route[] routes) {
            this.routes = routes;
        }

        int count() {
            return routes.length;
        }

        @Override
        public List<Route> routes() {
            return Arrays.asList(routes);
        }

        @Override
        public boolean matches(RepoPath path, Work work) {
            List<String> segments = path.segments();
            for (Route route : routes) {
                if (route.matches(segments, work)) {
                    return true;
                }
            }
            return false;
        }
    }
}

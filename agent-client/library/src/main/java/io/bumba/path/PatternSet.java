package io.bumba.path;

import java.util.Arrays;
import java.util.List;

/** What a pattern matches. Immutable. */
sealed interface PatternSet {
    /** @param text canonical; kept if that is all there is to it */
    static PatternSet of(String text, List<Route> routes) {
        if (routes.size() > 1 || !routes.get(0).isPlain()) {
            return new Globs(routes.toArray(Route[]::new));
        }
        String path = String.join("/", routes.get(0).literalPrefix());
        return new Plain(path.equals(text) ? text : path);
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
     * One path and, if that is a directory, all below it. Most patterns are this; they need no more than their text.
     *
     * @param path canonical, unescaped
     */
    record Plain(String path) implements PatternSet {
        @Override
        public List<Route> routes() {
            return List.of(Route.plain(List.of(path.split("/", -1))));
        }

        @Override
        public boolean matches(RepoPath other, Work work) {
            work.step();
            return isOrIsAbove(other.value());
        }

        @Override
        public boolean meets(PatternSet other, Work work) {
            if (other instanceof Plain plain) {
                work.step();
                return isOrIsAbove(plain.path) || plain.isOrIsAbove(path);
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

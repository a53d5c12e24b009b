package io.bumba.chaos;

import io.bumba.path.PathPatterns;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * The files of a crowd: modules {@code m00}, {@code m01}, ... of the same small tree. Patterns that are drawn meet, if at
 * all, in one of its files.
 */
final class Modules {
    private static final List<String> NAMES = List.of("a", "b", "x.js", "y.ts");
    /** That nobody names. */
    private static final String ANOTHER = "z.js";

    /** One more than the longest pattern names, for a file may be a directory. */
    private static final int DEEP = 4;

    private final int count;

    /** @param count from 1 to 100 */
    Modules(int count) {
        if (count < 1 || count > 100) {
            throw new IllegalArgumentException(count + " modules");
        }
        this.count = count;
    }

    Universe universe() {
        return new Universe(paths());
    }

    List<String> paths() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> level = List.of(module(i));
            for (int depth = 0; depth < DEEP; depth++) {
                level = level.stream()
                        .flatMap(above -> Stream.concat(NAMES.stream(), Stream.of(ANOTHER))
                                .map(name -> above + "/" + name))
                        .toList();
                all.addAll(level);
            }
        }
        return all;
    }

    /** Everything, module by module. */
    PathPatterns all() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(module(i) + "/");
        }
        return PathPatterns.of(all.toArray(String[]::new));
    }

    String file(SplittableRandom random) {
        return module(random.nextInt(count)) + "/" + one(NAMES.subList(0, 2), random) + "/"
                + one(NAMES.subList(2, NAMES.size()), random);
    }

    PathPatterns patterns(SplittableRandom random) {
        Set<String> drawn = new LinkedHashSet<>();
        int size = 1 + random.nextInt(3);
        while (drawn.size() < size) {
            drawn.add(pattern(random));
        }
        return PathPatterns.of(drawn.toArray(String[]::new));
    }

    private String pattern(SplittableRandom random) {
        String in = module(random.nextInt(count)) + "/";
        String directory = one(NAMES.subList(0, 2), random);
        String name = one(NAMES, random);
        return switch (random.nextInt(14)) {
            case 0, 1, 2 -> in + directory + "/" + name;
            case 3, 4 -> in + directory + "/" + one(NAMES, random) + "/" + name;
            case 5 -> in + directory + "/";
            case 6 -> in + "*/" + name;
            case 7 -> in + directory + "/*.js";
            case 8 -> in + "[ab]/?.ts";
            case 9 -> in + "{a,b}/" + directory + "/*";
            case 10 -> in + (random.nextBoolean() ? "**/x.js" : directory + "/[!xb]*");
            case 11 -> in + directory + "/**";
            case 12 -> in + "[a-b]/" + directory + "/{x.js,y.ts}";
            default ->
                random.nextInt(4) == 0
                        ? module(random.nextInt(count)).replace('0', '?') + "/" + directory + "/" + name
                        : in + name;
        };
    }

    private static String module(int number) {
        return "m%02d".formatted(number);
    }

    private static String one(List<String> of, SplittableRandom random) {
        return of.get(random.nextInt(of.size()));
    }
}

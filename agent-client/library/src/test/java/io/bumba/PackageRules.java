package io.bumba;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Which package may know which (design, section 4), for the packages below a root: {@code io.bumba}, or one whose classes
 * break the rules on purpose.
 */
final class PackageRules {
    /** Our packages that each may use, itself aside. A package that is not listed is an error. */
    static final Map<String, Set<String>> MAY_USE = Map.of(
            "path", Set.of(),
            "event", Set.of("path"),
            "file", Set.of("path", "event"),
            "zk", Set.of("path", "event"),
            "agent", Set.of("zk", "path", "event"),
            "lock", Set.of("agent", "zk", "path", "event"),
            "territory", Set.of("lock", "agent", "zk", "path", "event"),
            "orchestrate", Set.of("territory", "lock", "file", "agent", "zk", "path", "event"));

    /** The packages that stand above the entry, and use it. */
    private static final Set<String> ABOVE_THE_ENTRY = Set.of("orchestrate");

    private final String root;

    PackageRules(String root) {
        this.root = root;
    }

    /** Every rule by its name, for a library that has these packages. */
    Map<String, ArchRule> all(Set<String> packages) {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        packages.forEach(p -> rules.put(p + " uses only what is below it", oneWay(p)));
        rules.put("the entry uses nothing above it", theEntryUsesNothingAbove());
        rules.put("no cycles", noCycles());
        rules.put("path is pure", pathIsPure());
        rules.put("file has few dependencies", fileHasFewDependencies());
        rules.put("only zk knows ZooKeeper", onlyZkKnowsZooKeeper());
        rules.put("only zk and the lock recipe know Curator", onlyZkAndLockKnowCurator());
        rules.put("lock knows only Curator's lock recipe", lockKnowsOnlyTheRecipe());
        rules.put("the entry takes a CuratorFramework and no more", theEntryTakesOnlyAClient());
        rules.put("no standard streams", NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS);
        rules.put("no java.util.logging", noLoggingOfTheJdk());
        rules.put("the library has few dependencies", fewDependencies());
        return rules;
    }

    ArchRule oneWay(String name) {
        Set<String> below = Objects.requireNonNull(MAY_USE.get(name), () -> "no rules for package " + name);
        String[] allowed = below.stream().map(this::in).toArray(String[]::new);
        DescribedPredicate<JavaClass> ours = resideInAPackage(root + "..");
        DescribedPredicate<JavaClass> mayUse = resideInAPackage(in(name))
                .or(resideInAnyPackage(allowed))
                .or(name(root + ".BumbaConfig"))
                .or(nestedOrSelf(root + ".BumbaException"));
        if (ABOVE_THE_ENTRY.contains(name)) {
            mayUse = mayUse.or(nestedOrSelf(root + ".Bumba"));
        }
        return noClasses().that().resideInAPackage(in(name)).should().dependOnClassesThat(ours.and(not(mayUse)));
    }

    private ArchRule theEntryUsesNothingAbove() {
        String[] above = ABOVE_THE_ENTRY.stream().map(this::in).toArray(String[]::new);
        return noClasses().that().resideInAPackage(root).should().dependOnClassesThat(resideInAnyPackage(above));
    }

    ArchRule noCycles() {
        return slices().matching(root + ".(*)..").should().beFreeOfCycles();
    }

    private ArchRule pathIsPure() {
        return classes()
                .that()
                .resideInAPackage(in("path"))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                                in("path"),
                                "java.lang",
                                "java.lang.runtime",
                                "java.lang.invoke",
                                "java.util..",
                                "java.text",
                                "java.nio.charset",
                                "com.fasterxml.jackson.annotation",
                                "org.jspecify.annotations")
                        .or(nestedOrSelf(root + ".BumbaException")));
    }

    private ArchRule fileHasFewDependencies() {
        return classes()
                .that()
                .resideInAPackage(in("file"))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                                in("file"),
                                in("path"),
                                in("event"),
                                "java..",
                                "com.fasterxml.jackson..",
                                "org.jspecify.annotations")
                        .or(nestedOrSelf(root + ".BumbaException")));
    }

    private ArchRule onlyZkKnowsZooKeeper() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in("zk"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.zookeeper..");
    }

    private ArchRule onlyZkAndLockKnowCurator() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(in("zk"), in("lock"), root)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.curator..");
    }

    private ArchRule lockKnowsOnlyTheRecipe() {
        return noClasses()
                .that()
                .resideInAPackage(in("lock"))
                .should()
                .dependOnClassesThat(resideInAPackage("org.apache.curator..")
                        .and(not(resideInAPackage("org.apache.curator.framework.recipes.locks")))
                        .and(not(name("org.apache.curator.framework.CuratorFramework"))));
    }

    private ArchRule theEntryTakesOnlyAClient() {
        return noClasses()
                .that()
                .resideInAPackage(root)
                .should()
                .dependOnClassesThat(resideInAPackage("org.apache.curator..")
                        .and(not(name("org.apache.curator.framework.CuratorFramework"))));
    }

    /** ArchUnit's own rule looks at fields that are set, and misses a call. */
    private ArchRule noLoggingOfTheJdk() {
        return noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..");
    }

    /** So no command line, no web server, nothing of Dropwizard. */
    private ArchRule fewDependencies() {
        return classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        root + "..",
                        "java..",
                        "javax.crypto..",
                        "javax.net..",
                        "javax.security..",
                        "com.fasterxml.jackson..",
                        "org.slf4j..",
                        "org.apache.curator..",
                        "org.apache.zookeeper..",
                        "org.jspecify.annotations");
    }

    private String in(String name) {
        return root + "." + name + "..";
    }

    private static DescribedPredicate<JavaClass> nestedOrSelf(String className) {
        return DescribedPredicate.describe(
                className, c -> c.getName().equals(className) || c.getName().startsWith(className + "$"));
    }
}

package io.bumba.agent;

import io.bumba.path.Printable;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What an agent says of itself when it registers. Type and name are {@code [A-Za-z0-9_.]}, 1 to 64 characters; so are
 * department, role, capabilities and permissions, with {@code -} and {@code :} besides.
 *
 * @param type such as {@code Engineer}; the department is derived from it unless given
 * @param name a name for people
 * @param department given, or empty to derive it
 * @param role given, or empty to take the type in lower case
 * @param capabilities what it can do
 * @param permissions what it may do
 * @param parent the agent that spawned it
 * @param temporary made for one task, ended with it
 */
public record AgentSpec(
        String type,
        String name,
        Optional<String> department,
        Optional<String> role,
        NavigableSet<String> capabilities,
        NavigableSet<String> permissions,
        Optional<AgentId> parent,
        boolean temporary) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.]{1,64}");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.:-]{1,64}");

    /** The most capabilities, and the most permissions, that one agent may name. */
    public static final int MAX_WORDS = 64;

    public AgentSpec {
        Objects.requireNonNull(parent, "parent");
        check("type", type, NAME, "[A-Za-z0-9_.], 1 to 64 characters");
        check("name", name, NAME, "[A-Za-z0-9_.], 1 to 64 characters");
        department.ifPresent(d -> word("department", d));
        role.ifPresent(r -> word("role", r));
        capabilities = words("capability", capabilities);
        permissions = words("permission", permissions);
    }

    public static AgentSpec of(String type, String name) {
        return new AgentSpec(
                type,
                name,
                Optional.empty(),
                Optional.empty(),
                new TreeSet<>(),
                new TreeSet<>(),
                Optional.empty(),
                false);
    }

    public AgentSpec inDepartment(String newDepartment) {
        return new AgentSpec(
                type, name, Optional.of(newDepartment), role, capabilities, permissions, parent, temporary);
    }

    public AgentSpec withRole(String newRole) {
        return new AgentSpec(
                type, name, department, Optional.of(newRole), capabilities, permissions, parent, temporary);
    }

    public AgentSpec withCapabilities(String... more) {
        TreeSet<String> all = new TreeSet<>(capabilities);
        all.addAll(java.util.List.of(more));
        return new AgentSpec(type, name, department, role, all, permissions, parent, temporary);
    }

    public AgentSpec withPermissions(String... more) {
        TreeSet<String> all = new TreeSet<>(permissions);
        all.addAll(java.util.List.of(more));
        return new AgentSpec(type, name, department, role, capabilities, all, parent, temporary);
    }

    public AgentSpec childOf(AgentId newParent) {
        return new AgentSpec(
                type, name, department, role, capabilities, permissions, Optional.of(newParent), temporary);
    }

    public AgentSpec temporarily() {
        return new AgentSpec(type, name, department, role, capabilities, permissions, parent, true);
    }

    private static NavigableSet<String> words(String what, NavigableSet<String> words) {
        if (words.size() > MAX_WORDS) {
            throw new IllegalArgumentException(
                    words.size() + " values of " + what + ", the limit MAX_WORDS is " + MAX_WORDS);
        }
        words.forEach(w -> word(what, w));
        return java.util.Collections.unmodifiableNavigableSet(new TreeSet<>(words));
    }

    private static void word(String what, String value) {
        check(what, value, WORD, "[A-Za-z0-9_.:-], 1 to 64 characters");
    }

    private static void check(String what, String value, Pattern rule, String words) {
        if (!rule.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "agent " + what + " '" + Printable.of(value) + "' is not of the form " + words);
        }
    }
}

package io.bumba.coordinator;

import java.util.Objects;

/** The version of this program, from its jar. */
final class Version {
    static final String TEXT =
            Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "development");

    private Version() {}
}

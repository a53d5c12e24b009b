package io.bumba.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options of every command: where the coordinator is. */
final class GlobalOptions {
    private final Surroundings around;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "The coordinator's data directory, where it says how to reach it (BUMBA_DATA).")
    private @Nullable Path data;

    @Option(
            names = "--url",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "The coordinator's API, instead of the one found there (BUMBA_URL).")
    private @Nullable String url;

    @Option(
            names = "--connect",
            paramLabel = "HOST:PORT",
            scope = ScopeType.INHERIT,
            description = "The ZooKeeper servers, instead of those found there (BUMBA_CONNECT).")
    private @Nullable String connect;

    @Option(
            names = "--workspace",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "The workspace, instead of the tree's or the coordinator's.")
    private @Nullable String workspace;

    GlobalOptions(Surroundings around) {
        this.around = around;
    }

    Surroundings around() {
        return around;
    }

    /** Where to find what was asked for. */
    Target target() {
        return new Target(around, data, url, connect, workspace);
    }
}

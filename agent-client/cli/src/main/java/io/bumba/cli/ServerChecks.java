package io.bumba.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bumba.Bumba;
import io.bumba.file.Tree;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The coordinator, its ZooKeeper, and whether the tree around us belongs to them. */
final class ServerChecks {
    private final Target target;
    private final Surroundings around;
    private final List<Finding> findings = new ArrayList<>();

    ServerChecks(Target target, Surroundings around) {
        this.target = target;
        this.around = around;
    }

    List<Finding> findings() {
        try {
            runFile();
            coordinator();
            Optional<String> cluster = zooKeeper();
            tree(cluster);
        } catch (CliException e) {
            findings.add(Finding.problem("setup", String.valueOf(e.getMessage()), "see there"));
        }
        return findings;
    }

    private void runFile() {
        target.runFile()
                .ifPresent(run -> findings.add(
                        run.processAlive()
                                ? Finding.ok(
                                        "process",
                                        "coordinator pid " + run.pid() + ", since "
                                                + Text.seconds(String.valueOf(run.startedAt())))
                                : Finding.warning(
                                        "process",
                                        RunFile.in(target.data()) + " names pid " + run.pid()
                                                + ", which does not run here",
                                        "start it with 'bumba up', unless it runs on another machine")));
    }

    private void coordinator() {
        try {
            String url = target.url();
            JsonNode status = new ObjectMapper()
                    .readTree(new CoordinatorApi(url, "", target.operatorToken()).get("/api/v1/status", Map.of()));
            findings.add(Finding.ok(
                    "coordinator", "version " + status.path("version").asText() + " at " + url));
            String mine = BumbaCommand.Version.text();
            if (!mine.equals(status.path("version").asText())) {
                findings.add(Finding.warning("version", "this bumba is " + mine, "use one version everywhere"));
            }
            JsonNode health = status.path("health");
            health.path("checks").properties().forEach(e -> {
                if (!e.getValue().path("healthy").asBoolean()) {
                    findings.add(Finding.problem(
                            "health",
                            e.getKey() + ": " + e.getValue().path("message").asText(),
                            "see the coordinator's log"));
                }
            });
            if (health.path("healthy").asBoolean()) {
                findings.add(Finding.ok("health", "all checks of the coordinator pass"));
            }
        } catch (CliException e) {
            findings.add(Finding.problem("coordinator", String.valueOf(e.getMessage()), "start one with 'bumba up'"));
        } catch (JsonProcessingException e) {
            findings.add(Finding.problem(
                    "coordinator",
                    target.url() + " does not answer in JSON",
                    "another program has that port; see --url"));
        }
    }

    private Optional<String> zooKeeper() {
        String servers;
        try {
            servers = target.connect();
        } catch (CliException e) {
            findings.add(
                    Finding.problem("zookeeper", "no address known", "start 'bumba up', or name it with --connect"));
            return Optional.empty();
        }
        for (String server : servers.split(",", -1)) {
            findings.add(ZooKeeperServer.examine(server));
        }
        try (Bumba bumba = target.open(target.workspace())) {
            bumba.probe();
            findings.add(Finding.ok(
                    "session",
                    "granted with a timeout of " + Durations.words(bumba.sessionTimeout())
                            + ", and a write confirmed"));
            findings.add(Finding.ok("cluster", bumba.clusterId() + ", workspace " + target.workspace()));
            return Optional.of(bumba.clusterId());
        } catch (RuntimeException e) {
            findings.add(Finding.problem(
                    "session",
                    String.valueOf(e.getMessage()),
                    "check the address, and the fleet key if it was refused"));
            return Optional.empty();
        }
    }

    private void tree(Optional<String> cluster) {
        Tree tree;
        try {
            tree = Tree.open(around.cwd());
        } catch (IllegalStateException e) {
            findings.add(Finding.warning(
                    "tree", around.cwd() + " is not bound", "type 'bumba init' in the root of your project"));
            return;
        } catch (RuntimeException e) {
            findings.add(Finding.problem("tree", String.valueOf(e.getMessage()), "see there"));
            return;
        }
        String bound = tree.root() + ", workspace " + tree.workspace();
        try {
            cluster.ifPresent(tree::requireCluster);
            findings.add(
                    cluster.isPresent()
                            ? Finding.ok("tree", bound)
                            : Finding.warning(
                                    "tree", bound + "; whether its cluster is this one is not known", "see above"));
        } catch (RuntimeException e) {
            findings.add(Finding.problem("tree", String.valueOf(e.getMessage()), "connect to the tree's own cluster"));
        }
        try {
            findings.add(fileSystem(Files.getFileStore(tree.root())));
        } catch (IOException e) {
            findings.add(Finding.problem("file system", e.toString(), "check that the tree's disk is there"));
        }
    }

    private static Finding fileSystem(FileStore store) {
        return fileSystem(store.type());
    }

    /** What is known about file systems of this type. */
    static Finding fileSystem(String type) {
        String name = type.toLowerCase(Locale.ROOT);
        if (name.startsWith("nfs") || name.startsWith("cifs") || name.startsWith("smb") || name.equals("9p")) {
            return Finding.warning(
                    "file system",
                    type + ", a network file system",
                    "mount it 'hard' and without caching of names; one client may see another's change late");
        }
        if (name.startsWith("fuse")) {
            return Finding.warning("file system", type, "not every FUSE file system honours fsync and atomic rename");
        }
        if (name.equals("overlay")) {
            return Finding.warning(
                    "file system", type, "it ends with the container; put the tree on a volume if it should stay");
        }
        return Finding.ok("file system", type);
    }
}

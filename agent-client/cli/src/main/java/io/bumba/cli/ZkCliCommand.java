package io.bumba.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.ZooKeeperMain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bumba zkcli}: ZooKeeper's own command line, connected and with the fleet's credential. */
@Command(
        name = "zkcli",
        description = {
            "ZooKeeper's own command line (zkCli), connected, with the fleet key.",
            "",
            "Without a command it reads commands from standard input, a line each.",
            "It can do everything, deleting included: ops/docs/locks.md says what is safe."
        },
        footer = {"", "Example: bumba zkcli ls -R /bumba/workspaces/default/locks"})
final class ZkCliCommand implements Callable<Integer> {
    private static final int SESSION_MILLIS = 30_000;

    private final GlobalOptions global;

    @Parameters(
            arity = "0..*",
            paramLabel = "COMMAND",
            description = "A command of zkCli, such as ls PATH or get -s PATH.")
    private List<String> command = new ArrayList<>();

    ZkCliCommand(GlobalOptions global) {
        this.global = global;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Target target = global.target();
        CountDownLatch connected = new CountDownLatch(1);
        try (ZooKeeper zk = new ZooKeeper(target.connect(), SESSION_MILLIS, event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        })) {
            target.fleetKey()
                    .ifPresent(key ->
                            zk.addAuthInfo("digest", ("bumba:" + key.reveal()).getBytes(StandardCharsets.UTF_8)));
            if (!connected.await(Target.CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new CliException(
                        ExitCode.UNREACHABLE,
                        "no ZooKeeper server answered at " + target.connect() + " within "
                                + Target.CONNECT_TIMEOUT.toSeconds() + " s" + target.hint());
            }
            Shell shell = new Shell(zk);
            if (!command.isEmpty()) {
                shell.executeLine(String.join(" ", command));
                return shell.failed() ? ExitCode.PROBLEM.number() : ExitCode.OK.number();
            }
            readCommands(shell);
            return ExitCode.OK.number();
        }
    }

    private static void readCommands(Shell shell) throws IOException, InterruptedException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (true) {
            String line = input.readLine();
            if (line == null || line.strip().equals("quit")) {
                return;
            }
            if (!line.isBlank()) {
                shell.executeLine(line.strip());
            }
        }
    }

    private static final class Shell extends ZooKeeperMain {
        Shell(ZooKeeper zk) {
            super(zk);
        }

        boolean failed() {
            return exitCode != 0;
        }
    }
}

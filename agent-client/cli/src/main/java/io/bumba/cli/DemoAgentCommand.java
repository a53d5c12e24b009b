package io.bumba.cli;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.FileLocks;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.path.RepoPath;
import io.bumba.zk.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * One agent of {@code bumba demo}, in a process of its own. It reads orders on stdin ({@code go}, {@code hold PATH},
 * {@code write}, {@code stop}), tells on stdout what it does, and ends when stdin does.
 *
 * <p>It writes files as most programs do: it reads the whole, thinks for a moment, and writes the whole, with no care for
 * others but the lock.
 */
@Command(name = "demo-agent", hidden = true, description = "One agent of the demo.")
final class DemoAgentCommand implements Callable<Integer> {
    /** How long an agent waits for a file before it rather works on another. */
    private static final Duration PATIENCE = Duration.ofMillis(200);

    /** How long it takes from reading a file to writing it. */
    private static final long THINKING_MILLIS = 4;

    @Option(names = "--tree", required = true)
    private Path tree = Path.of("");

    @Option(names = "--file", required = true)
    private List<String> files = new ArrayList<>();

    @Option(names = "--ledger", required = true)
    private Path ledgerFile = Path.of("");

    @Option(names = "--servers", required = true)
    private String servers = "";

    @Option(names = "--in-workspace", required = true)
    private String inWorkspace = "";

    @Option(names = "--key")
    private @Nullable Path key;

    @Option(names = "--session", required = true, converter = Durations.Converter.class)
    private Duration session = Duration.ZERO;

    @Option(names = "--number", required = true)
    private int number;

    @Option(names = "--no-locks")
    private boolean noLocks;

    private final BlockingQueue<String> orders = new LinkedBlockingQueue<>();
    private long seq;
    private boolean finished;
    private long toldAt;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Thread listener = new Thread(this::listen, "orders");
        listener.setDaemon(true);
        listener.start();
        SplittableRandom random = new SplittableRandom(number);
        boolean told = false;
        try (DemoLedger ledger = new DemoLedger(ledgerFile)) {
            while (!finished) {
                try (Bumba bumba = Bumba.connect(config());
                        Agent agent = bumba.register(AgentSpec.of("Engineer", "Demo" + number))) {
                    if (!told) {
                        tell("ready " + bumba.sessionTimeout().toMillis());
                        told = true;
                        orders.take();
                    }
                    work(bumba.locks(agent), ledger, random);
                } catch (BumbaException e) {
                    if (e.code() != BumbaException.Code.SESSION_LOST && e.code() != BumbaException.Code.LOCK_LOST) {
                        throw e;
                    }
                    tell("lost " + Text.oneLine(String.valueOf(e.getMessage())));
                }
            }
            tell("edits " + seq);
            return ExitCode.OK.number();
        }
    }

    private BumbaConfig config() {
        BumbaConfig.Builder config =
                BumbaConfig.builder(servers).workspace(inWorkspace).sessionTimeout(session);
        if (key != null) {
            config.fleetKey(Secret.fromFile(key));
        }
        return config.build();
    }

    private void work(FileLocks locks, DemoLedger ledger, SplittableRandom random)
            throws IOException, InterruptedException {
        while (!finished) {
            String order = orders.poll();
            if (order == null) {
                edit(locks, ledger, files.get(random.nextInt(files.size())));
            } else if (order.startsWith("hold ")) {
                holdAndWait(locks, ledger, order.substring(5));
            } else if (order.equals("stop")) {
                finished = true;
            }
        }
    }

    private void edit(FileLocks locks, DemoLedger ledger, String file) throws IOException, InterruptedException {
        if (noLocks) {
            write(file, thoughtOver(file), ledger);
            return;
        }
        Optional<LockGrant> granted =
                locks.acquire(RepoPath.of(file), LockOptions.waitUpTo(PATIENCE)).grant();
        if (granted.isPresent()) {
            try (LockGrant grant = granted.get()) {
                String text = thoughtOver(file);
                if (grant.isValid()) {
                    write(file, text, ledger);
                }
            }
        }
    }

    /** Takes a file, reads it and tells so; then whatever happens, happens here. Told to write, it first looks at its grant. */
    private void holdAndWait(FileLocks locks, DemoLedger ledger, String file) throws IOException, InterruptedException {
        if (noLocks) {
            String text = thoughtOver(file);
            tell("holding " + file + " 0");
            orders.take();
            write(file, text, ledger);
            tell("wrote " + file);
            return;
        }
        LockGrant grant = locks.acquire(
                        RepoPath.of(file),
                        LockOptions.waitUpTo(Duration.ofMinutes(1)).because("a long thought"))
                .orElseThrow();
        String text = thoughtOver(file);
        tell("holding " + file + " " + grant.token());
        orders.take();
        if (grant.isValid()) {
            write(file, text, ledger);
            tell("wrote " + file);
        } else {
            tell("refused " + file + " " + grant.token());
        }
        grant.release();
    }

    private String thoughtOver(String file) throws IOException, InterruptedException {
        String text = Files.readString(tree.resolve(file), StandardCharsets.ISO_8859_1);
        TimeUnit.MILLISECONDS.sleep(THINKING_MILLIS);
        return text;
    }

    private void write(String file, String text, DemoLedger ledger) throws IOException {
        DemoEdit edit = new DemoEdit("demo" + number, seq + 1);
        CommentStyle style = CommentStyle.of(file).orElseThrow();
        Files.writeString(tree.resolve(file), edit.applyTo(text, style), StandardCharsets.ISO_8859_1);
        seq++;
        ledger.acknowledge(new DemoLedger.Entry(file, edit));
        long now = System.nanoTime();
        if (seq == 1 || now - toldAt > 250_000_000L) {
            toldAt = now;
            tell("edits " + seq);
        }
    }

    private static void tell(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private void listen() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            String line = in.readLine();
            while (line != null) {
                orders.add(line);
                line = in.readLine();
            }
        } catch (IOException e) {
            // The same as the end of stdin: nobody is there any more who could tell us to stop.
        }
        Runtime.getRuntime().halt(ExitCode.PROBLEM.number());
    }
}

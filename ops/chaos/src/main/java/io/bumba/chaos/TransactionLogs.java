package io.bumba.chaos;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.jute.BinaryInputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.server.persistence.TxnLog;
import org.apache.zookeeper.txn.CloseSessionTxn;
import org.apache.zookeeper.txn.CreateContainerTxn;
import org.apache.zookeeper.txn.CreateTTLTxn;
import org.apache.zookeeper.txn.CreateTxn;
import org.apache.zookeeper.txn.DeleteTxn;
import org.apache.zookeeper.txn.MultiTxn;
import org.apache.zookeeper.txn.SetDataTxn;
import org.apache.zookeeper.txn.Txn;

/**
 * What really happened, from the servers' own transaction logs: every committed change, whoever made it and whoever saw
 * it. A transaction is committed when a majority has logged it; an uncommitted one that a dead leader alone logged is in
 * one log only, and a server that was brought up to date by a snapshot misses some. So what is in most of the logs counts.
 */
final class TransactionLogs {
    private TransactionLogs() {}

    /**
     * The creations and deletions of znodes below the root, in the order of their zxids. Call when all servers are up to
     * date.
     */
    static List<Change> read(List<Path> dataDirectories, String root) {
        return read(dataDirectories, root, path -> false);
    }

    /** @param watched the znodes whose new data are wanted too */
    static List<Change> read(List<Path> dataDirectories, String root, Predicate<String> watched) {
        Map<Long, Integer> logged = new TreeMap<>();
        Map<Long, Change> changes = new TreeMap<>();
        for (Path directory : dataDirectories) {
            read(directory.resolve("version-2"), root, watched, logged, changes);
        }
        return changes.values().stream()
                .filter(change -> logged.getOrDefault(change.zxid(), 0) > dataDirectories.size() / 2)
                .toList();
    }

    private static void read(
            Path directory,
            String root,
            Predicate<String> watched,
            Map<Long, Integer> logged,
            Map<Long, Change> changes) {
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException(directory + " holds no logs");
        }
        File logs = directory.toFile();
        try (FileTxnLog log = new FileTxnLog(logs);
                TxnLog.TxnIterator transactions = log.read(0)) {
            while (transactions.getHeader() != null) {
                long zxid = transactions.getHeader().getZxid();
                Change change = change(
                        zxid,
                        transactions.getHeader().getClientId(),
                        transactions.getHeader().getType(),
                        transactions.getTxn(),
                        root,
                        watched);
                if (!change.isNothing()) {
                    logged.merge(zxid, 1, Integer::sum);
                    changes.put(zxid, change);
                }
                if (!transactions.next()) {
                    break;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the logs in " + directory, e);
        }
    }

    private static Change change(
            long zxid, long session, int type, Record transaction, String root, Predicate<String> watched)
            throws IOException {
        List<Change.Made> set = new ArrayList<>();
        List<Change.Made> made = new ArrayList<>();
        List<String> deleted = new ArrayList<>();
        if (transaction instanceof MultiTxn multi) {
            // One that was refused is logged too, its first parts as if they had happened.
            boolean refused = multi.getTxns().stream().anyMatch(each -> each.getType() == OpCode.error);
            for (Txn each : refused ? List.<Txn>of() : multi.getTxns()) {
                add(each.getType(), decoded(each), made, deleted, set);
            }
        } else {
            add(type, transaction, made, deleted, set);
        }
        String below = root + "/";
        made.removeIf(node -> !node.path().startsWith(below));
        deleted.removeIf(path -> !path.startsWith(below));
        set.removeIf(node -> !node.path().startsWith(below) || !watched.test(node.path()));
        return new Change(zxid, session, made, deleted, set);
    }

    private static void add(
            int type, Record transaction, List<Change.Made> made, List<String> deleted, List<Change.Made> set) {
        if (transaction instanceof CreateTxn create) {
            made.add(new Change.Made(create.getPath(), text(create.getData())));
        } else if (transaction instanceof CreateContainerTxn create) {
            made.add(new Change.Made(create.getPath(), text(create.getData())));
        } else if (transaction instanceof CreateTTLTxn create) {
            made.add(new Change.Made(create.getPath(), text(create.getData())));
        } else if (transaction instanceof DeleteTxn delete) {
            deleted.add(delete.getPath());
        } else if (transaction instanceof SetDataTxn data) {
            set.add(new Change.Made(data.getPath(), text(data.getData())));
        } else if (transaction instanceof CloseSessionTxn close) {
            deleted.addAll(close.getPaths2Delete());
        } else if (type == OpCode.closeSession) {
            throw new IllegalStateException("a session's end without its znodes: closeSessionTxn.enabled is off");
        }
    }

    /** The part of a multi; itself when it changes no tree: a check, an error. */
    private static Record decoded(Txn part) throws IOException {
        Record record =
                switch (part.getType()) {
                    case OpCode.create, OpCode.create2 -> new CreateTxn();
                    case OpCode.createContainer -> new CreateContainerTxn();
                    case OpCode.createTTL -> new CreateTTLTxn();
                    case OpCode.delete, OpCode.deleteContainer -> new DeleteTxn();
                    case OpCode.setData -> new SetDataTxn();
                    default -> part;
                };
        if (record != part) {
            record.deserialize(BinaryInputArchive.getArchive(new ByteArrayInputStream(part.getData())), "txn");
        }
        return record;
    }

    private static String text(byte[] data) {
        return data == null ? "" : new String(data, StandardCharsets.UTF_8);
    }
}

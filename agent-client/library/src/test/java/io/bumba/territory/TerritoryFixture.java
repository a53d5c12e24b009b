package io.bumba.territory;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.LockOptions;
import io.bumba.path.PathPatterns;
import io.bumba.path.RepoPath;
import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.ZkServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A root of its own at the shared server. */
abstract class TerritoryFixture {
    static final RepoPath LOGIN = RepoPath.of("src/auth/login.js");
    static final RepoPath README = RepoPath.of("README.md");
    static final LockOptions NOW = LockOptions.tryNow();
    static final LockOptions PATIENT = LockOptions.waitUpTo(Duration.ofSeconds(60));
    static final Duration SOON = Duration.ofSeconds(15);

    final ZkServer server = ZkServer.shared();
    final String root = server.freshRoot();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        Collections.reverse(toClose);
        for (AutoCloseable each : toClose) {
            each.close();
        }
    }

    <T extends AutoCloseable> T keep(T it) {
        toClose.add(it);
        return it;
    }

    BumbaConfig.Builder config(String connect, Duration session) {
        return BumbaConfig.builder(connect).root(root).sessionTimeout(session);
    }

    Bumba connect() {
        return keep(Bumba.connect(
                config(server.connectString(), Duration.ofSeconds(5)).build()));
    }

    Bumba through(TcpProxy proxy, Duration session) {
        return keep(Bumba.connect(config(proxy.connectString(), session).build()));
    }

    static Agent agent(Bumba bumba, String name) {
        return bumba.register(AgentSpec.of("Tester", name));
    }

    static TerritoryRequest claim(String... patterns) {
        return TerritoryRequest.of("work on " + patterns[0], PathPatterns.of(patterns));
    }

    List<String> territories() {
        return server.children(root + "/workspaces/default/territories");
    }
}

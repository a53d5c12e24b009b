package io.bumba.agent;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What hangs on an agent and goes with it. */
public interface Belongings {
    /** Takes no more requests, ends those under way, and says which znodes are left to delete with the agent. */
    CompletableFuture<List<String>> surrender();

    /** They are gone: in the agent's own last transaction, or with its session. */
    void gone(String why);
}

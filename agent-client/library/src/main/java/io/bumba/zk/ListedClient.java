package io.bumba.zk;

import java.lang.reflect.Proxy;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.WatcherRemoveCuratorFramework;
import org.apache.curator.framework.api.GetChildrenBuilder;

/**
 * A Curator client as far as the recipe needs one that is to be granted at once: whether it is started, and one listing,
 * which was read already. Whatever else is asked of it fails, a deletion above all.
 */
public final class ListedClient {
    private ListedClient() {}

    /** @param children of the node that the recipe will list */
    public static CuratorFramework of(CuratorFramework client, List<String> children) {
        GetChildrenBuilder listing = (GetChildrenBuilder) Proxy.newProxyInstance(
                ListedClient.class.getClassLoader(),
                new Class<?>[] {GetChildrenBuilder.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("forPath")) {
                        return children;
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
        return (CuratorFramework) Proxy.newProxyInstance(
                ListedClient.class.getClassLoader(),
                new Class<?>[] {WatcherRemoveCuratorFramework.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "newWatcherRemoveCuratorFramework" -> proxy;
                    case "getChildren" -> listing;
                    case "getState" -> client.getState();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}

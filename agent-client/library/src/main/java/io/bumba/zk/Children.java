package io.bumba.zk;

import java.util.List;

/**
 * A listing.
 *
 * @param names in no order
 * @param pzxid the zxid of the last change of the listing
 * @param version the version of the parent's data
 */
public record Children(List<String> names, long pzxid, int version) {
    public static final Children NONE = new Children(List.of(), 0, 0);
}

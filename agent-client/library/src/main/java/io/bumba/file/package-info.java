/**
 * Files of a tree. {@link io.bumba.file.Tree} is one directory bound to a workspace of a cluster, and tells which file of
 * it a user means. Works without ZooKeeper.
 */
@NullMarked
package io.bumba.file;

import org.jspecify.annotations.NullMarked;

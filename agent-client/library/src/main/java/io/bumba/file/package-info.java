/**
 * Files of a tree. {@link io.bumba.file.Tree} is one directory bound to a workspace of a cluster.
 */
@NullMarked
package io.bumba.file;

import org.jspecify.annotations.NullMarked;

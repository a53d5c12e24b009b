/**
 * Names of files: {@link io.bumba.path.RepoPath}. Pure values, no I/O.
 */
@NullMarked
package io.bumba.path;

import org.jspecify.annotations.NullMarked;

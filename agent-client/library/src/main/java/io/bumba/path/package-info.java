/**
 * Names of files: {@link io.bumba.path.RepoPath}, under a {@link io.bumba.path.CasePolicy}; {@link
 * io.bumba.path.Printable} shows any text in a message. Pure values, no I/O.
 */
@NullMarked
package io.bumba.path;

import org.jspecify.annotations.NullMarked;

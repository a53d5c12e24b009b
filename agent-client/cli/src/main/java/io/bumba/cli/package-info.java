/** x. */
@NullMarked
package io.bumba.cli;

import org.jspecify.annotations.NullMarked;

/** The built commands, used as a person uses them: real processes, real signals, the README's own lines. */
@NullMarked
package io.bumba.acceptance;

import org.jspecify.annotations.NullMarked;

/** x. */
@NullMarked
package io.bumba.coordinator;

import org.jspecify.annotations.NullMarked;

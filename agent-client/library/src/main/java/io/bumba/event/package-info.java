/**
 * What happened: one sealed {@link io.bumba.event.Event}, and {@link io.bumba.event.Events} that hands it to listeners.
 */
@NullMarked
package io.bumba.event;

import org.jspecify.annotations.NullMarked;

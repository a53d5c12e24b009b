/**
 * The entry to the library: {@link io.bumba.Bumba} connects, registers agents and hands out their file locks;
 * {@link io.bumba.BumbaConfig} says to what; {@link io.bumba.BumbaException} is the one failure of infrastructure.
 * Wiring only, no logic.
 */
@NullMarked
package io.bumba;

import org.jspecify.annotations.NullMarked;

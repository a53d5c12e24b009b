/**
 * The coordinator: a Dropwizard service over the library. {@link io.bumba.coordinator.Main} reads the command line,
 * {@link io.bumba.coordinator.ConfigFile} the configuration, {@link io.bumba.coordinator.Coordinator} starts and ends
 * everything in order, {@link io.bumba.coordinator.ApiResource} answers from an immutable
 * {@link io.bumba.coordinator.Picture}, {@link io.bumba.coordinator.Gate} says who may ask.
 */
@NullMarked
package io.bumba.coordinator;

import org.jspecify.annotations.NullMarked;

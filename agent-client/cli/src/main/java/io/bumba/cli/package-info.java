/**
 * The {@code bumba} command: {@link io.bumba.cli.Main} and one class per subcommand. What it coordinates it does through
 * the library; what it shows it asks of a coordinator over HTTP.
 */
@NullMarked
package io.bumba.cli;

import org.jspecify.annotations.NullMarked;

package io.bumba.path;

/** What a {@link Route} is made of. */
sealed interface Element permits Name, Glob, Rest {}

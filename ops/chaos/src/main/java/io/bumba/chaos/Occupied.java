package io.bumba.chaos;

/** Who stands in the line of a file. */
record Occupied(String file, String agent, boolean exclusive) {}

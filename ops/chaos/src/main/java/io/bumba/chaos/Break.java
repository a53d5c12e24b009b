package io.bumba.chaos;

/**
 * What an operator did to a grant.
 *
 * @param path the file
 * @param token of the grant that was ended
 * @param nanos just before that
 */
record Break(String path, long token, long nanos) {}

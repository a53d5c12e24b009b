package io.bumba.path;

/** Any number of segments, none too. */
enum Rest implements Element {
    REST
}

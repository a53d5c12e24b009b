package io.bumba.territory;

import io.bumba.path.PathPatterns;

/**
 * A change of a territory between its two steps.
 *
 * @param area where nobody new may lock meanwhile
 * @param agent who will own the area
 */
record Pending(PathPatterns area, String agent) {}

/** Classes that break the rules of the packages, each in one way, so that a test can see the rule report it. */
@NullMarked
package io.bumba.rulebreakers;

import org.jspecify.annotations.NullMarked;

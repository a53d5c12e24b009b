/**
 * For those who run many agents. {@link io.bumba.orchestrate.Department} runs a sprint inside a territory, with a lead and
 * the children that it spawns; {@link io.bumba.orchestrate.CommandRunner} gives every command an agent of its own. Whatever
 * happens to the code that they run, agents, locks and territories end with it, and the answer says whether they stood
 * until then.
 */
@NullMarked
package io.bumba.orchestrate;

import org.jspecify.annotations.NullMarked;

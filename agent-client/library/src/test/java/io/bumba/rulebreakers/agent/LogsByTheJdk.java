package io.bumba.rulebreakers.agent;

import java.util.logging.Logger;

final class LogsByTheJdk {
    static final Logger FORBIDDEN = Logger.getLogger("forbidden");
}

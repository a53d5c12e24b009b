package io.bumba.rulebreakers.file;

import org.slf4j.Logger;

record Logs(Logger forbidden) {}

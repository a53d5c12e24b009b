package io.bumba.coordinator;

import org.eclipse.jetty.http.HttpStatus;

/**
 * An error as RFC 9457 has it, {@code application/problem+json}.
 *
 * @param type {@code about:blank}: the status says what kind it is
 * @param detail what to do about it; never a stack trace
 * @param instance the path that was asked for
 */
record Problem(String type, String title, int status, String detail, String instance) {
    static final String MEDIA_TYPE = "application/problem+json";

    static Problem of(int status, String detail, String instance) {
        return new Problem("about:blank", HttpStatus.getMessage(status), status, detail, instance);
    }
}

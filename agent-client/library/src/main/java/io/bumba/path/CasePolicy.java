package io.bumba.path;

import java.text.Normalizer;
import java.util.Locale;

/**
 * Whether {@code A} and {@code a} are the same file; a setting of the workspace, the same for all its agents.
 *
 * <p>Folding maps every character to its lower case. That is not the full case folding of Unicode: {@code ß} and {@code SS}
 * stay two names, and so do {@code Σ}'s two lower-case forms and the Turkish dotless {@code ı} and {@code I}. A file
 * system that takes these for one file has one file with two locks.
 */
public enum CasePolicy {
    /** Different names, as on most Linux file systems. */
    SENSITIVE,
    /** The same name, kept in lower case: a key to lock by, not the spelling on the disk. */
    FOLDED;

    /** NFC, and in lower case if folded. Applying it twice changes nothing. */
    String normalise(String text) {
        String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
        return switch (this) {
            case SENSITIVE -> composed;
            case FOLDED -> Normalizer.normalize(composed.toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
        };
    }
}

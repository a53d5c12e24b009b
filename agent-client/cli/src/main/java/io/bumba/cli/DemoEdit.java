package io.bumba.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One edit of the demo: it raises the counter in a comment and appends a line that names the agent and its edit. The
 * text is the file's bytes as ISO 8859-1, so that every byte comes out as it went in. Pure.
 *
 * @param agent without white space
 * @param seq the agent's own count, from 1
 */
record DemoEdit(String agent, long seq) {
    private static final Pattern EDIT = Pattern.compile("bumba-demo agent=(\\S+) seq=([0-9]{1,18})");

    /** The text after this edit. */
    String applyTo(String text, CommentStyle style) {
        StringBuilder edited = new StringBuilder(text);
        if (!text.isEmpty() && !text.endsWith("\n")) {
            edited.append('\n');
        }
        Matcher counter = counter(style).matcher(edited);
        int start = -1;
        int end = -1;
        long count = 0;
        while (counter.find()) {
            start = counter.start(1);
            end = counter.end(1);
            count = Long.parseLong(counter.group(1));
        }
        if (start < 0) {
            edited.append(style.line("bumba-demo counter 1")).append('\n');
        } else {
            edited.replace(start, end, Long.toString(count + 1));
        }
        return edited.append(style.line("bumba-demo agent=" + agent + " seq=" + seq))
                .append('\n')
                .toString();
    }

    /** The value of the last counter in the text, 0 if there is none. */
    static long counterIn(String text, CommentStyle style) {
        Matcher counter = counter(style).matcher(text);
        long count = 0;
        while (counter.find()) {
            count = Long.parseLong(counter.group(1));
        }
        return count;
    }

    /** The edit that a line records, if it is one. */
    static java.util.Optional<DemoEdit> in(String line) {
        Matcher match = EDIT.matcher(line);
        return match.find()
                ? java.util.Optional.of(new DemoEdit(match.group(1), Long.parseLong(match.group(2))))
                : java.util.Optional.empty();
    }

    private static Pattern counter(CommentStyle style) {
        return Pattern.compile(
                "^" + Pattern.quote(style.open()) + "bumba-demo counter ([0-9]{1,18})" + Pattern.quote(style.close())
                        + "$",
                Pattern.MULTILINE);
    }
}

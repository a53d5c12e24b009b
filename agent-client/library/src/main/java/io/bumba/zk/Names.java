package io.bumba.zk;

import java.nio.charset.StandardCharsets;

/**
 * One segment of a file's path as the name of a znode, and back. {@code @} and {@code %} are percent-encoded, so that
 * {@code login.js@lock} can be no file's own node; so is everything that ZooKeeper refuses in a name (control characters,
 * surrogates and the private and special ranges), byte by byte of its UTF-8 form.
 */
final class Names {
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private Names() {}

    static String encode(String segment) {
        if (segment.codePoints().noneMatch(Names::mustEncode)) {
            return segment;
        }
        StringBuilder name = new StringBuilder(segment.length() + 8);
        segment.codePoints().forEach(c -> {
            if (mustEncode(c)) {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    name.append('%').append(HEX[(b >> 4) & 15]).append(HEX[b & 15]);
                }
            } else {
                name.appendCodePoint(c);
            }
        });
        return name.toString();
    }

    /** @throws IllegalArgumentException when {@link #encode} cannot have made the name */
    static String decode(String name) {
        if (name.indexOf('%') < 0) {
            return name;
        }
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        byte[] plain = new byte[utf8.length];
        int length = 0;
        for (int i = 0; i < utf8.length; i++) {
            if (utf8[i] != '%') {
                plain[length++] = utf8[i];
            } else {
                int high = i + 2 < utf8.length ? Character.digit(utf8[i + 1], 16) : -1;
                int low = i + 2 < utf8.length ? Character.digit(utf8[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw new IllegalArgumentException("'" + name + "' is no encoded name: a % without two hex digits");
                }
                plain[length++] = (byte) (high << 4 | low);
                i += 2;
            }
        }
        return new String(plain, 0, length, StandardCharsets.UTF_8);
    }

    private static boolean mustEncode(int c) {
        return c == '@'
                || c == '%'
                || c < 0x20
                || (c >= 0x7f && c <= 0x9f)
                || (c >= 0xd800 && c <= 0xf8ff)
                || c >= 0xfff0;
    }
}

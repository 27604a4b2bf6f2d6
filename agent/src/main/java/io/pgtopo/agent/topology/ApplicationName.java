package io.pgtopo.agent.topology;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * How a server shows the {@code application_name} of a client: at most 63 bytes, of which each that
 * is no printable ASCII is a question mark, or since 16 its value, as {@code \\xc3}.
 */
final class ApplicationName {
  private static final int MOST_BYTES = 63;

  private ApplicationName() {}

  /** Whether a server may show a name so. */
  static boolean isShownAs(String shown, String name) {
    return shown.equals(name)
        || shown.equals(clean(name, "?"))
        || shown.equals(clean(name, "\\x%02x"));
  }

  private static String clean(String name, String format) {
    var bytes = name.getBytes(StandardCharsets.UTF_8);
    var text = new StringBuilder();
    for (var value : Arrays.copyOf(bytes, Math.min(bytes.length, MOST_BYTES))) {
      text.append(
          value >= ' ' && value <= '~'
              ? String.valueOf((char) value)
              : format.formatted(value & 0xff));
    }
    return text.substring(0, Math.min(text.length(), MOST_BYTES));
  }
}

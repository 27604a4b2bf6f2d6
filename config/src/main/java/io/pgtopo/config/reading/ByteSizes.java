package io.pgtopo.config.reading;

import java.util.Optional;
import java.util.regex.Pattern;

/** Amounts of memory as PostgreSQL's settings spell them: {@code 512kB}, {@code 16MB}, bytes. */
public final class ByteSizes {
  private static final Pattern FORM =
      Pattern.compile("(?<number>[0-9]{1,15})(?<unit>|B|kB|MB|GB|TB)");

  private ByteSizes() {}

  /** Bytes; empty if it is none. A number without a unit counts bytes. */
  public static Optional<Long> parse(String text) {
    var match = FORM.matcher(text.strip());
    if (!match.matches()) {
      return Optional.empty();
    }
    var shift =
        switch (match.group("unit")) {
          case "kB" -> 10;
          case "MB" -> 20;
          case "GB" -> 30;
          case "TB" -> 40;
          default -> 0;
        };
    var number = Math.min(Long.MAX_VALUE >> shift, Long.parseLong(match.group("number")));
    return Optional.of(number << shift);
  }
}

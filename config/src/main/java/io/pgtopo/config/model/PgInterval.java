package io.pgtopo.config.model;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Intervals as PostgreSQL's settings have them, as in {@code recovery_min_apply_delay}: {@code 1h},
 * {@code '2 days'}, {@code 01:30:00}; a bare number is in milliseconds.
 */
public final class PgInterval {
  private static final Pattern CLOCK = Pattern.compile("(\\d{1,6}):([0-5]?\\d)(?::([0-5]?\\d))?");
  private static final Pattern PART =
      Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)\\s*([a-z]*)\\s*");

  private PgInterval() {}

  /** Empty if it is none. */
  public static Optional<Duration> parse(String text) {
    var rest = text.strip().toLowerCase(Locale.ROOT);
    var clock = CLOCK.matcher(rest);
    if (clock.matches()) {
      return Optional.of(
          Duration.ofHours(Long.parseLong(clock.group(1)))
              .plusMinutes(Long.parseLong(clock.group(2)))
              .plusSeconds(clock.group(3) == null ? 0 : Long.parseLong(clock.group(3))));
    }
    return rest.isEmpty() ? Optional.empty() : parts(rest);
  }

  private static Optional<Duration> parts(String text) {
    var part = PART.matcher(text);
    var sum = Duration.ZERO;
    var end = 0;
    while (end < text.length()) {
      if (!part.find(end) || part.start() != end) {
        return Optional.empty();
      }
      var unit = unit(part.group(2));
      if (unit.isEmpty()) {
        return Optional.empty();
      }
      var nanos = Double.parseDouble(part.group(1)) * unit.get().toNanos();
      sum = sum.plusNanos((long) Math.min(nanos, Long.MAX_VALUE / 4.0));
      end = part.end();
    }
    return Optional.of(sum);
  }

  private static Optional<Duration> unit(String word) {
    return switch (word) {
      case "us" -> Optional.of(Duration.ofNanos(1_000));
      case "", "ms" -> Optional.of(Duration.ofMillis(1));
      case "s", "sec", "secs", "second", "seconds" -> Optional.of(Duration.ofSeconds(1));
      case "m", "min", "mins", "minute", "minutes" -> Optional.of(Duration.ofMinutes(1));
      case "h", "hr", "hrs", "hour", "hours" -> Optional.of(Duration.ofHours(1));
      case "d", "day", "days" -> Optional.of(Duration.ofDays(1));
      case "w", "week", "weeks" -> Optional.of(Duration.ofDays(7));
      default -> Optional.empty();
    };
  }
}

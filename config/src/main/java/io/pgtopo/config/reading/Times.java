package io.pgtopo.config.reading;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Ends as settings spell them, by ISO 8601: {@code 2026-12-31T08:00:00Z}, {@code
 * 2026-12-31T09:00+01:00}; or a day, which counts until its end in UTC.
 */
public final class Times {
  private Times() {}

  /** Empty if it is none, or does not say in which offset from UTC. */
  public static Optional<Instant> parseEnd(String text) {
    return time(text.strip()).or(() -> endOfDay(text.strip()));
  }

  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException none) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> endOfDay(String text) {
    try {
      return Optional.of(
          LocalDate.parse(text).plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
    } catch (DateTimeException none) {
      return Optional.empty();
    }
  }
}

package io.pgtopo.config.reading;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Supplier;

/** Times in the form of ISO 8601: {@code 2026-12-31T08:00:00Z}, {@code 2026-12-31T09:00+01:00}. */
public final class Times {
  private Times() {}

  /** Empty if it is none, or has no offset from UTC. */
  public static Optional<Instant> parse(String text) {
    return parsed(() -> OffsetDateTime.parse(text.strip()).toInstant());
  }

  /** A time, or a day, which ends at midnight UTC. */
  public static Optional<Instant> parseEnd(String text) {
    return parse(text).or(() -> parsed(() -> endOf(LocalDate.parse(text.strip()))));
  }

  private static Instant endOf(LocalDate day) {
    return day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private static Optional<Instant> parsed(Supplier<Instant> parser) {
    try {
      return Optional.of(parser.get());
    } catch (DateTimeException none) {
      return Optional.empty();
    }
  }
}

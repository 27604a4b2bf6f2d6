package io.pgtopo.agent.drift;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** When two spellings of a value mean the same to PostgreSQL. */
public final class Spelling {
  /** Other names of encodings, without what PostgreSQL ignores in them: its encnames.c. */
  private static final Map<String, String> ENCODINGS =
      Map.ofEntries(
          Map.entry("unicode", "utf8"),
          Map.entry("iso88591", "latin1"),
          Map.entry("iso88592", "latin2"),
          Map.entry("iso88593", "latin3"),
          Map.entry("iso88594", "latin4"),
          Map.entry("iso88599", "latin5"),
          Map.entry("iso885910", "latin6"),
          Map.entry("iso885913", "latin7"),
          Map.entry("iso885914", "latin8"),
          Map.entry("iso885915", "latin9"),
          Map.entry("iso885916", "latin10"),
          Map.entry("koi8", "koi8r"),
          Map.entry("win", "win1251"),
          Map.entry("alt", "win866"),
          Map.entry("abc", "win1258"),
          Map.entry("tcvn", "win1258"),
          Map.entry("tcvn5712", "win1258"),
          Map.entry("vscii", "win1258"),
          Map.entry("mskanji", "sjis"),
          Map.entry("shiftjis", "sjis"),
          Map.entry("win932", "sjis"),
          Map.entry("win936", "gbk"),
          Map.entry("win949", "uhc"),
          Map.entry("win950", "big5"));

  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

  /** A date without a zone begins somewhere in the world so long before or after UTC's. */
  private static final Duration EAST = Duration.ofHours(14);

  private static final Duration WEST = Duration.ofHours(12);

  private Spelling() {}

  /** A flag that is the other way round. */
  public static Difference flag(String path, boolean declared) {
    return new Difference(path, Boolean.toString(declared), Boolean.toString(!declared));
  }

  public static boolean isSameEncoding(String one, String other) {
    return encoding(one).equals(encoding(other));
  }

  private static String encoding(String name) {
    var plain =
        name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "").replaceFirst("^windows", "win");
    return ENCODINGS.getOrDefault(plain, plain);
  }

  /** The C library takes {@code en_US.utf8} for {@code en_US.UTF-8}. */
  public static boolean isSameLocale(String one, String other) {
    return locale(one).equals(locale(other));
  }

  private static String locale(String name) {
    var dot = name.indexOf('.');
    var plain =
        dot < 0
            ? name
            : name.substring(0, dot) + name.substring(dot).replace("-", "").replace("_", "");
    var lower = plain.toLowerCase(Locale.ROOT);
    return lower.equals("posix") ? "c" : lower;
  }

  /**
   * Whether a declared expiry may be the one that is there. True where its meaning is not known: a
   * number of days counts from a creation that is not recorded, and a date begins at midnight in a
   * zone that is not recorded.
   *
   * @param live empty for never
   */
  public static boolean mayMean(String declared, Optional<Instant> live) {
    if (declared.equalsIgnoreCase("infinity")) {
      return live.isEmpty();
    }
    if (!DATE.matcher(declared).matches()) {
      return true;
    }
    try {
      var midnight = LocalDate.parse(declared).atStartOfDay(ZoneOffset.UTC).toInstant();
      return live.filter(
              at -> !at.isBefore(midnight.minus(EAST)) && !at.isAfter(midnight.plus(WEST)))
          .isPresent();
    } catch (DateTimeException noDate) {
      return true;
    }
  }
}

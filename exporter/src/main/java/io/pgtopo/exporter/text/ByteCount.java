package io.pgtopo.exporter.text;

import java.util.Locale;

/** A number of bytes as PostgreSQL's {@code pg_size_pretty} writes it, with one decimal. */
public final class ByteCount {
  private static final String[] UNITS = {"kB", "MB", "GB", "TB", "PB"};
  private static final int STEP = 1024;

  private ByteCount() {}

  public static String text(long bytes) {
    if (bytes < STEP) {
      return bytes + " B";
    }
    var value = bytes / (double) STEP;
    var unit = 0;
    while (value >= STEP && unit < UNITS.length - 1) {
      value /= STEP;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }
}

package io.pgtopo.agent.observation;

import java.util.regex.Pattern;

/**
 * A log sequence number: a byte position in the write-ahead log, unsigned.
 *
 * <p>Prints and parses as PostgreSQL does, {@code 16/B374D848}.
 */
public record Lsn(long value) implements Comparable<Lsn> {
  private static final Pattern TEXT = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");

  /** Reads PostgreSQL's text form. */
  public static Lsn parse(String text) {
    var matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not an LSN, such as 16/B374D848: " + text);
    }
    var high = Long.parseLong(matcher.group(1), 16);
    var low = Long.parseLong(matcher.group(2), 16);
    return new Lsn(high << 32 | low);
  }

  /** How many bytes this position is after an earlier one; negative if it is before. */
  public long bytesAfter(Lsn earlier) {
    return value - earlier.value;
  }

  /** The first position of the file of WAL that holds this one; each has so many bytes. */
  public Lsn segment(long segmentBytes) {
    return new Lsn(value - Long.remainderUnsigned(value, segmentBytes));
  }

  @Override
  public int compareTo(Lsn other) {
    return Long.compareUnsigned(value, other.value);
  }

  @Override
  public String toString() {
    return "%X/%X".formatted(value >>> 32, value & 0xFFFF_FFFFL);
  }
}

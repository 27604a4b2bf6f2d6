package io.pgtopo.exporter.platform;

/** Counts how often the same thing happens in a row, and tells ever more rarely of it. */
public final class RepeatedFailure {
  private String last = "";
  private long times;

  /** It happened; this often in a row by now. */
  public long happened(String what) {
    times = what.equals(last) ? times + 1 : 1;
    last = what;
    return times;
  }

  /** It did not happen this time. */
  public void ended() {
    last = "";
    times = 0;
  }

  /** Whether a number in a row is worth a line in the log: 1, 2, 4, 8 and so on. */
  public static boolean isWorthTelling(long times) {
    return Long.bitCount(times) == 1;
  }
}

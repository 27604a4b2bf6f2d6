package io.pgtopo.exporter.platform;

/** Counts consecutive equal failures, so that they are logged ever more rarely. */
public final class RepeatedFailure {
  private String last = "";
  private long times;

  /** The number of consecutive times, this one included. */
  public long happened(String what) {
    times = what.equals(last) ? times + 1 : 1;
    last = what;
    return times;
  }

  /** It succeeded. */
  public void ended() {
    last = "";
    times = 0;
  }

  /** Whether to log it: the 1st, 2nd, 4th, 8th time and so on. */
  public static boolean isWorthLogging(long times) {
    return Long.bitCount(times) == 1;
  }
}

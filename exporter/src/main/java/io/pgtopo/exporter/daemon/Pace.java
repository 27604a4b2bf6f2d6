package io.pgtopo.exporter.daemon;

import java.time.Duration;

/**
 * How long to wait for the next cycle. While a cluster seems to have several primaries, or none,
 * cycles follow each other quickly, so that it is soon proven or over. Not for ever, and not where
 * a cycle is work: quick ones take at most a third of the time.
 */
final class Pace {
  private static final Duration QUICK = Duration.ofSeconds(1);
  private static final int LONGEST_SHARE = 2;
  private static final int MOST_IN_A_ROW = 30;

  private int inARow;

  /**
   * From the end of a cycle to the start of the next one.
   *
   * @param isUrgent whether it is worth to look again soon
   * @param took how long the cycle lasted
   */
  Duration afterCycle(boolean isUrgent, Duration took, Duration interval) {
    inARow = isUrgent ? inARow + 1 : 0;
    var isCheap = took.multipliedBy(LONGEST_SHARE).compareTo(QUICK) <= 0;
    return isUrgent && isCheap && inARow <= MOST_IN_A_ROW && interval.compareTo(QUICK) > 0
        ? QUICK
        : interval;
  }
}

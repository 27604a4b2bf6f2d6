package io.pgtopo.exporter.soak;

/**
 * Something around the agent that goes wrong, and is put right again.
 *
 * @param begin makes it go wrong
 * @param isSeen whether the agent shows that it noticed, or has ended
 * @param end puts it right
 */
record Fault(String name, Step begin, Condition isSeen, Step end) {
  /** Changes something. */
  @FunctionalInterface
  interface Step {
    void run() throws Exception;
  }

  /** Is asked again and again. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws Exception;
  }
}

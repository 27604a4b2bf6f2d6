package io.pgtopo.exporter.platform;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The terminal of the user, if there is one.
 *
 * @param out where standard output leads
 * @param err where standard error leads
 * @param size the current size; empty if unknown
 */
public record Screen(Channel out, Channel err, Supplier<Optional<Size>> size) {
  /** Files and pipes. */
  public static final Screen NONE =
      new Screen(Channel.ELSEWHERE, Channel.ELSEWHERE, Optional::empty);

  /** Where a stream leads. */
  public enum Channel {
    TERMINAL,
    ELSEWHERE
  }

  /** In characters. */
  public record Size(int columns, int rows) {}
}

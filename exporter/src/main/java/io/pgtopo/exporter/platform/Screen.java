package io.pgtopo.exporter.platform;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The terminal in front of which a user sits, if there is one.
 *
 * @param out whether the data go there
 * @param err whether the talk goes there
 * @param size as it is now: a window may change; empty where it is not known
 */
public record Screen(Channel out, Channel err, Supplier<Optional<Size>> size) {
  /** Nobody looks: files and pipes. */
  static final Screen NONE = new Screen(Channel.ELSEWHERE, Channel.ELSEWHERE, Optional::empty);

  /** Where a stream leads. */
  public enum Channel {
    TERMINAL,
    ELSEWHERE
  }

  /** Of a window, in characters. */
  public record Size(int columns, int rows) {}
}

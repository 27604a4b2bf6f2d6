package io.pgtopo.agent.observation;

import java.time.Instant;
import java.util.Optional;

/**
 * What {@code pg_ls_waldir()} shows.
 *
 * @param oldest the first file of WAL that is left
 * @param newestHistory the history file of the highest timeline; empty if it never switched
 */
public record WalDirectory(Optional<WalFile> oldest, Optional<TimelineHistory> newestHistory) {
  /** No WAL and no history. */
  public static final WalDirectory EMPTY = new WalDirectory(Optional.empty(), Optional.empty());

  /**
   * A history file.
   *
   * @param written when, by the server's clock: on the server that was promoted the moment of its
   *     promotion, on others when they received it
   */
  public record TimelineHistory(int timeline, Instant written) {}
}

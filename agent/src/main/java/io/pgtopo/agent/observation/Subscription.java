package io.pgtopo.agent.observation;

import java.time.Instant;
import java.util.Optional;

/**
 * A subscription, as the server that runs it shows it to every role: a row of {@code
 * pg_subscription} (10+) with its workers. Where it connects to ({@code subconninfo}) is for
 * superusers, and is not read: the publisher's walsender shows it.
 *
 * @param database that it belongs to
 * @param slot {@code subslotname}: of the publisher; empty if it has none
 * @param worker that applies the changes; empty if none runs
 * @param copying how many of its workers copy a table ({@code pg_stat_subscription})
 * @param errors {@code pg_stat_subscription_stats}, 15+
 */
public record Subscription(
    String name,
    String database,
    Mode mode,
    Optional<String> slot,
    Optional<Backend> worker,
    int copying,
    Optional<Errors> errors) {

  /** {@code subenabled}. */
  public enum Mode {
    ENABLED,
    /** By hand, or by an error with {@code disable_on_error} (15+). */
    DISABLED
  }

  /**
   * Errors of its workers since they were counted anew.
   *
   * @param apply while changes were applied
   * @param copy while a table was copied
   * @param conflicts 18+: changes to a row that is missing, or that another origin has changed;
   *     these raise no error, and the two sides may differ since. Those that raise one are errors
   *     of apply
   * @param since {@code stats_reset}; empty if never
   */
  public record Errors(long apply, long copy, long conflicts, Optional<Instant> since) {}

  /** Whether its changes should be applied now, and no worker does that. */
  public boolean isDown() {
    return mode == Mode.ENABLED && worker.isEmpty();
  }
}

package io.pgtopo.agent.observation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A subscription, as the server that runs it shows it to every role: a row of {@code
 * pg_subscription} (10+) with its workers. Where it connects to ({@code subconninfo}) is for
 * superusers, and is not read: the publisher's walsender shows it.
 *
 * @param database that it belongs to
 * @param slot {@code subslotname}: of the publisher; empty if it has none
 * @param errors {@code pg_stat_subscription_stats}, 15+
 * @param tables read rarely, by a connection to its database: denied where that is not allowed, or
 *     was not done yet
 */
public record Subscription(
    String name,
    String database,
    Mode mode,
    Optional<String> slot,
    Workers workers,
    Optional<Errors> errors,
    Reading<Tables> tables) {

  /**
   * {@code pg_stat_subscription}.
   *
   * @param apply the one that applies the changes; empty if none runs
   * @param silentFor how long ago the one that applies received its last message ({@code
   *     last_msg_receipt_time}), by the server's clock; empty before the first one
   * @param copying how many copy a table
   */
  public record Workers(Optional<Backend> apply, Optional<Duration> silentFor, int copying) {}

  /**
   * Tables whose data are not copied, or not wholly: those of {@code pg_subscription_rel} (10+)
   * with another {@code srsubstate} than r (ready) and s (copied; the changes since are applied).
   *
   * @param unready how many
   * @param some names of the first of them, with their schemas
   */
  public record Tables(int unready, List<String> some) {
    /** All are copied. */
    public static final Tables COPIED = new Tables(0, List.of());

    /** So many are named. */
    public static final int NAMED = 5;

    public Tables {
      some = List.copyOf(some);
    }

    /** With the names of more of them. */
    public Tables and(Tables others) {
      return new Tables(unready, Stream.concat(some.stream(), others.some.stream()).toList());
    }
  }

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

  /** The worker that applies the changes; empty if none runs. */
  public Optional<Backend> worker() {
    return workers.apply();
  }

  /** Whether its changes should be applied now, and no worker does that. */
  public boolean isDown() {
    return mode == Mode.ENABLED && worker().isEmpty();
  }

  /** Whether tables are known to wait for their data, while no worker copies any. */
  public boolean isIncomplete() {
    return mode == Mode.ENABLED
        && workers.copying() == 0
        && tables.ifSeen().filter(it -> it.unready() > 0).isPresent();
  }

  /** The same with what is known of its tables. */
  public Subscription with(Reading<Tables> others) {
    return new Subscription(name, database, mode, slot, workers, errors, others);
  }
}

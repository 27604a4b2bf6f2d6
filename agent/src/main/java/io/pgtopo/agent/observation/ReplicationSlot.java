package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Labelled;
import java.time.Duration;
import java.util.Optional;

/**
 * A row of {@code pg_replication_slots}, readable by every role.
 *
 * @param decoding of a logical slot; empty for a physical one
 * @param activePid the walsender that uses it; empty if none does
 */
public record ReplicationSlot(
    String name,
    Optional<Decoding> decoding,
    Lifetime lifetime,
    Optional<Integer> activePid,
    Retention retention,
    Failover failover) {

  /** {@code slot_type}. */
  public enum Type implements Labelled {
    PHYSICAL,
    LOGICAL
  }

  /**
   * What a logical slot decodes, and how: {@code plugin} and {@code database}.
   *
   * @param confirmed {@code confirmed_flush_lsn}: up to where its client has all changes
   */
  public record Decoding(String plugin, String database, Optional<Lsn> confirmed) {
    /** Whether it decodes the same, wherever it has come to. */
    boolean isLike(Decoding other) {
      return plugin.equals(other.plugin) && database.equals(other.database);
    }
  }

  /** {@code slot_type}. */
  public Type type() {
    return decoding.isPresent() ? Type.LOGICAL : Type.PHYSICAL;
  }

  /** {@code temporary}. */
  public enum Lifetime {
    PERSISTENT,
    /** Dropped with its connection. */
    TEMPORARY
  }

  /** {@code failover} and {@code synced}, 17+: whether a logical slot survives a failover. */
  public enum Failover {
    NONE,
    /** {@code failover}: standbys synchronize it. */
    WANTED,
    /** {@code synced}: a standby's copy. */
    SYNCED
  }

  /**
   * The WAL that it retains.
   *
   * @param restart {@code restart_lsn}: the oldest WAL kept for it
   * @param walStatus {@code wal_status}, 13+: reserved, extended, unreserved or lost
   * @param safeBytes {@code safe_wal_size}, 13+: how much may be written before it may be lost;
   *     empty without a limit
   * @param invalidation {@code invalidation_reason}, 17+; conflicting, on 16
   * @param inactiveFor since {@code inactive_since}, 17+, by the server's clock
   */
  public record Retention(
      Optional<Lsn> restart,
      Optional<String> walStatus,
      Optional<Long> safeBytes,
      Optional<String> invalidation,
      Optional<Duration> inactiveFor) {
    /** Nothing is known of it. */
    public static final Retention UNKNOWN =
        new Retention(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  /**
   * Whether a standby that has it could serve the client of another one after a promotion, as far
   * as the name, what it decodes and its state show.
   */
  public boolean isUsableFor(ReplicationSlot original) {
    return name.equals(original.name)
        && type() == original.type()
        && decoding.stream().allMatch(it -> original.decoding.filter(it::isLike).isPresent())
        && lifetime == Lifetime.PERSISTENT
        && !isLost();
  }

  /** The invalidation of one that was not used for long, which removes no WAL by itself; 18+. */
  public static final String IDLE = "idle_timeout";

  /** Whether WAL that it should have kept is removed, or it was invalidated. */
  public boolean isLost() {
    return retention.walStatus.filter("lost"::equals).isPresent()
        || retention.invalidation.isPresent();
  }
}

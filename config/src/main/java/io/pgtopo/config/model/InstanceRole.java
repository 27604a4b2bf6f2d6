package io.pgtopo.config.model;

import java.util.Locale;

/**
 * What an instance is declared to be: Pigsty's {@code pg_role}. It is the <em>initial</em> role;
 * nothing writes it back after a switchover.
 */
public enum InstanceRole {
  /** The writable leader; with an upstream declared, the leader of a standby cluster. */
  PRIMARY,
  /** A standby that serves reads. */
  REPLICA,
  /** A standby kept for slow queries and ETL, outside the replica service. */
  OFFLINE,
  /** A standby that Pigsty's older inventories mark for synchronous commit. */
  STANDBY,
  /** A standby that older inventories mark as delayed. */
  DELAYED;

  /** Pigsty's word for it, which is also the metric label and the API value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.pgtopo.config.model;

/** Pigsty's {@code pg_role}: the initial role, which nothing updates after a switchover. */
public enum InstanceRole implements Labelled {
  /** The writable leader; with an upstream declared, the leader of a standby cluster. */
  PRIMARY,
  /** A standby that serves reads. */
  REPLICA,
  /** A standby kept for slow queries and ETL, outside the replica service. */
  OFFLINE,
  /** A standby that Pigsty's older inventories mark for synchronous commit. */
  STANDBY,
  /** A standby that older inventories mark as delayed. */
  DELAYED
}

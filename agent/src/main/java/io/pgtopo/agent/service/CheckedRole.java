package io.pgtopo.agent.service;

import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Labelled;
import java.util.Optional;

/** The role of a server, as Patroni's health checks tell roles apart. */
public enum CheckedRole implements Labelled {
  /** In production, and the leader. */
  PRIMARY,
  /** The leader of a standby cluster. */
  STANDBY_LEADER,
  /** A replica that Patroni counts as synchronous. */
  SYNC_STANDBY,
  /** A replica that is not synchronous. */
  ASYNC_STANDBY,
  /** A replica; whether it is synchronous is not known. */
  REPLICA,
  /** It was not seen, or it is not known whether it leads. */
  UNKNOWN;

  /** Primary or replica; empty if that is unknown. */
  public Optional<LiveRole> live() {
    return switch (this) {
      case PRIMARY -> Optional.of(LiveRole.PRIMARY);
      case STANDBY_LEADER, SYNC_STANDBY, ASYNC_STANDBY, REPLICA -> Optional.of(LiveRole.REPLICA);
      case UNKNOWN -> Optional.empty();
    };
  }
}

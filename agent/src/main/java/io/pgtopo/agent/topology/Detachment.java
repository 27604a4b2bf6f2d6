package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.config.model.Endpoint;

/** Why a standby has no walreceiver, as far as it and the upstream that it wants can tell. */
public sealed interface Detachment {

  /** Its {@code primary_conninfo} is empty. */
  record NoUpstreamConfigured() implements Detachment {}

  /** The upstream did not answer the agent either. */
  record UpstreamUnreachable(Endpoint upstream, Failure.Kind failure) implements Detachment {}

  /** The upstream belongs to another family, from which it can never replicate. */
  record OtherSystemIdentifier(Endpoint upstream, SystemId theirs) implements Detachment {}

  /** The upstream is on an older timeline than the standby. */
  record OlderTimeline(Endpoint upstream, int theirs, int own) implements Detachment {}

  /** The upstream has no slot of the name that the standby uses. */
  record SlotMissing(Endpoint upstream, String slot) implements Detachment {}

  /** The upstream threw away what the slot should have kept: {@code wal_status}, 13+. */
  record SlotLost(Endpoint upstream, String slot) implements Detachment {}

  /** The upstream has removed WAL that the standby still needs, and no archive is told to help. */
  record WalRemoved(Endpoint upstream, Lsn needed, Lsn oldest) implements Detachment {}

  /** All walsenders of the upstream are taken: {@code max_wal_senders}. */
  record NoFreeWalSender(Endpoint upstream, long max) implements Detachment {}

  /** Another client uses the slot. */
  record SlotBusy(Endpoint upstream, String slot, Peer user) implements Detachment {}

  /**
   * Nothing that the upstream shows prevents it: login, pg_hba.conf, network, or, where {@code
   * pg_ls_waldir()} is hidden, WAL that is gone.
   */
  record Unexplained(Endpoint upstream) implements Detachment {}

  /** Whom it wants is hidden, or is not looked at. */
  record Unknown(String reason) implements Detachment {}
}

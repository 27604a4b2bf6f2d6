package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.util.Optional;

/** Why a standby is not streaming, by what it and its upstream report. */
public sealed interface Detachment {

  /** Its {@code primary_conninfo} is empty. */
  record NoUpstreamConfigured() implements Detachment {}

  /** The upstream did not answer the agent either. */
  record UpstreamUnreachable(Endpoint upstream, Failure.Kind failure) implements Detachment {}

  /** The upstream has another system identifier: the standby can never stream from it. */
  record OtherSystemIdentifier(Endpoint upstream, SystemId theirs) implements Detachment {}

  /** The upstream is on an older timeline than the standby. */
  record OlderTimeline(Endpoint upstream, int theirs, int own) implements Detachment {}

  /** The standby has replayed more than its upstream, or the only primary, had written. */
  record AheadOfUpstream(Endpoint upstream, Lsn own, Lsn theirs) implements Detachment {}

  /** The upstream has no slot of the name that the standby uses. */
  record SlotMissing(Endpoint upstream, String slot) implements Detachment {}

  /**
   * The slot is lost or invalidated: {@code wal_status}, 13+.
   *
   * @param invalidation why: after {@code idle_timeout} its WAL may still be there
   */
  record SlotLost(Endpoint upstream, String slot, Optional<String> invalidation)
      implements Detachment {}

  /** The upstream has removed WAL that the standby needs; an archive may still have it. */
  record WalRemoved(Endpoint upstream, Lsn needed, Lsn oldest, Optional<Endpoint> holder)
      implements Detachment {}

  /** All {@code max_wal_senders} of the upstream are in use. */
  record NoFreeWalSender(Endpoint upstream, long max) implements Detachment {}

  /** Another client uses the slot. */
  record SlotBusy(Endpoint upstream, String slot, Peer user) implements Detachment {}

  /** A walsender of its own earlier connection holds the slot, until wal_sender_timeout. */
  record SlotHeld(Endpoint upstream, String slot, int pid) implements Detachment {}

  /**
   * None of the causes above: it may be the login, pg_hba.conf, the network, or, where {@code
   * pg_ls_waldir()} is hidden, removed WAL.
   */
  record Unexplained(Endpoint upstream) implements Detachment {}

  /** Both ends of its link are there, and one has heard nothing from the other for too long. */
  record Silent(Peer upstream, Silence silence) implements Detachment {}

  /** It has a walreceiver, and the upstream has no walsender for it. */
  record NoWalSender(Endpoint upstream, WalReceiver receiver) implements Detachment {}

  /**
   * Both ends report that they stream, and WAL that is there for it does not arrive.
   *
   * @param available the end of that WAL
   * @param received what it has, and had in all polls for so long
   */
  record Undelivered(
      Peer upstream, Lsn available, Lsn received, Duration lasting, Receivers receivers)
      implements Detachment {
    /** What became of its walreceivers. */
    public enum Receivers {
      RUN,
      /** Each connects, and ends soon. */
      END
    }
  }

  /** Its link is in another state than streaming, and no WAL moves. */
  record StandsStill(ReplicationLink link) implements Detachment {}

  /** The configured upstream is no known server. */
  record NotPolled(HostPort upstream) implements Detachment {}

  /**
   * It does not replay WAL that its primary has archived.
   *
   * @param archived where the last archived file begins
   */
  record ArchiveStalled(Lsn replayed, Lsn archived) implements Detachment {}

  /** The configured upstream is hidden, or is itself. */
  record Unknown(String reason) implements Detachment {}
}

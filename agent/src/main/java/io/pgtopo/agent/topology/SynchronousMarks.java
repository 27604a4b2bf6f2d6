package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Backend;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.config.model.Endpoint;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Up to where the WAL of each primary was written when a poll first showed that commits wait for a
 * standby, folded over polls. What was acknowledged before ends there. Immutable.
 */
public record SynchronousMarks(Map<Standby, Lsn> byStandby) {
  /** Nothing was polled before. */
  static final SynchronousMarks NONE = new SynchronousMarks(Map.of());

  /**
   * A standby that commits wait for, as long as it is connected and the configuration is the same.
   *
   * @param loadedAt when the primary loaded its configuration
   */
  public record Standby(Endpoint primary, Backend sender, Instant loadedAt) {}

  public SynchronousMarks {
    byStandby = Map.copyOf(byStandby);
  }

  /** After one more poll. A primary that does not answer may have had other standbys meanwhile. */
  SynchronousMarks next(Topology live) {
    var next = new HashMap<Standby, Lsn>();
    for (var server : live.instances().values()) {
      if (server.facts().state() instanceof ServerState.InProduction production) {
        server.facts().replication().walSenders().stream()
            .filter(SynchronousMarks::isSynchronous)
            .map(row -> standby(server, row))
            .forEach(it -> next.put(it, byStandby.getOrDefault(it, production.written())));
      }
    }
    return new SynchronousMarks(next);
  }

  private static boolean isSynchronous(WalSender row) {
    return row.stream()
        .ifSeen()
        .filter(stream -> stream.state() == WalSender.State.STREAMING)
        .map(WalSender.Stream::syncState)
        .filter(it -> it == WalSender.SyncState.SYNC || it == WalSender.SyncState.QUORUM)
        .isPresent();
  }

  private static Standby standby(LiveInstance primary, WalSender row) {
    return new Standby(
        primary.endpoint(), row.backend(), primary.facts().time().configurationLoadedAt());
  }

  /**
   * The mark of a standby: one that has WAL up to there lacks nothing that was acknowledged before
   * commits waited for it. Empty if they did not in the last poll.
   */
  public Optional<Lsn> of(LiveInstance primary, WalSender row) {
    return Optional.ofNullable(byStandby.get(standby(primary, row)));
  }
}

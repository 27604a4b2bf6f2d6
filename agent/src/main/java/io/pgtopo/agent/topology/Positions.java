package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.config.model.Endpoint;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** WAL positions of servers, and the distances between them. */
public final class Positions {
  private Positions() {}

  /** The end of the WAL that a server has: what it wrote, or what it received or replayed. */
  public static Optional<Lsn> end(ServerState state) {
    return switch (state) {
      case ServerState.InProduction(
              var written,
              var promotedAt,
              var waits,
              var archiver,
              var lastCommit) ->
          Optional.of(written);
      case ServerState.InRecovery recovery ->
          Stream.of(recovery.received(), recovery.replayed())
              .flatMap(Optional::stream)
              .max(Comparator.naturalOrder());
    };
  }

  /** The WAL that a slot retains; empty for one that never reserved WAL. */
  public static Optional<Long> retainedBytes(ServerState state, ReplicationSlot slot) {
    return end(state)
        .flatMap(end -> slot.retention().restart().map(end::bytesAfter))
        .map(bytes -> Math.max(0, bytes));
  }

  /**
   * How many bytes of the upstream's WAL the downstream has not replayed. Empty if either position
   * is unknown, or if they are on different timelines, where a difference means nothing.
   *
   * <p>The two servers are polled at different moments of one cycle, so a downstream may be ahead.
   * What the upstream reported of it in the same poll counts then, and nothing if it is ahead of
   * that too.
   */
  public static Optional<Long> replayLagBytes(ReplicationLink link, Topology live) {
    return endOf(link, live)
        .flatMap(end -> replayedOf(link, live).map(replayed -> end.bytesAfter(replayed)));
  }

  /** What the downstream has replayed of the upstream's WAL; empty as above. */
  static Optional<Lsn> replayedOf(ReplicationLink link, Topology live) {
    var upstream = link.upstream().ifKnown().flatMap(live::at);
    var downstream = link.downstream().ifKnown().flatMap(live::at);
    if (upstream.isEmpty() || !mayCompare(upstream, downstream)) {
      return Optional.empty();
    }
    var end = endOf(link, live);
    return Stream.of(
            downstream.flatMap(Positions::replayed),
            link.sender().flatMap(Positions::reportedReplayed))
        .flatMap(Optional::stream)
        .filter(replayed -> end.filter(it -> it.bytesAfter(replayed) >= 0).isPresent())
        .findFirst();
  }

  private static Optional<Lsn> endOf(ReplicationLink link, Topology live) {
    return link.upstream()
        .ifKnown()
        .flatMap(live::at)
        .flatMap(instance -> end(instance.facts().state()));
  }

  /**
   * How many bytes of one server's WAL another one has not replayed, as above; empty also if the
   * other one is not in recovery.
   */
  public static Optional<Long> bytesBehind(LiveInstance server, LiveInstance standby) {
    return mayCompare(Optional.of(server), Optional.of(standby))
        ? end(server.facts().state())
            .flatMap(to -> replayed(standby).map(from -> Math.max(0, to.bytesAfter(from))))
        : Optional.empty();
  }

  /**
   * The standbys that have replayed more than a primary of the same system identifier had written
   * when it was polled, and these primaries. Servers that write look so in one poll; if the primary
   * is polled again and still has less, the standby has WAL of its own.
   */
  public static Set<Endpoint> ahead(Topology live) {
    var ahead = new TreeSet<Endpoint>();
    for (var cluster : live.clusters().values()) {
      var servers = cluster.members().stream().flatMap(it -> live.at(it).stream()).toList();
      for (var primary : servers) {
        if (primary.facts().state() instanceof ServerState.InProduction production) {
          for (var standby : servers) {
            if (replayed(standby)
                .filter(it -> it.compareTo(production.written()) > 0)
                .isPresent()) {
              ahead.add(primary.endpoint());
              ahead.add(standby.endpoint());
            }
          }
        }
      }
    }
    return ahead;
  }

  /** The value of an LSN, which is unsigned. */
  public static double bytes(Lsn lsn) {
    return (lsn.value() >>> 1) * 2.0 + (lsn.value() & 1);
  }

  private static boolean mayCompare(
      Optional<LiveInstance> upstream, Optional<LiveInstance> downstream) {
    var one = upstream.map(instance -> instance.facts().timeline());
    var other = downstream.map(instance -> instance.facts().timeline());
    if (one.isEmpty() || other.isEmpty()) {
      return true;
    }
    // A timeline from the control file is a lower bound, which proves no difference.
    return !one.get().isExact() || !other.get().isExact() || one.get().id() == other.get().id();
  }

  /** What a server in recovery has replayed. */
  public static Optional<Lsn> replayed(LiveInstance standby) {
    return standby.facts().state() instanceof ServerState.InRecovery recovery
        ? recovery.replayed()
        : Optional.empty();
  }

  private static Optional<Lsn> reportedReplayed(WalSender row) {
    return row.stream().ifSeen().flatMap(stream -> stream.progress().replayed());
  }
}

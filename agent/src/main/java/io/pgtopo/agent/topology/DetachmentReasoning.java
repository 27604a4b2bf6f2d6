package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.WalDirectory;
import io.pgtopo.agent.observation.WalFile;
import io.pgtopo.config.model.Endpoint;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;

/** Finds why a standby has no walreceiver. */
final class DetachmentReasoning {
  private final AddressBook addresses;
  private final SortedMap<Endpoint, InstanceFacts> servers;
  private final SortedMap<Endpoint, Failure> unreachable;

  DetachmentReasoning(
      AddressBook addresses,
      SortedMap<Endpoint, InstanceFacts> servers,
      SortedMap<Endpoint, Failure> unreachable) {
    this.addresses = addresses;
    this.servers = servers;
    this.unreachable = unreachable;
  }

  Detachment explain(Endpoint standby, InstanceFacts facts, LiveCluster cluster) {
    return switch (facts.recovery()) {
      case Reading.Denied<RecoverySettings>(var reason) -> new Detachment.Unknown(reason);
      case Reading.Seen<RecoverySettings>(var settings) ->
          switch (settings.configuredUpstream()) {
            case Reading.Denied<Optional<HostPort>>(var reason) ->
                primary(standby, facts, cluster)
                    .flatMap(DetachmentReasoning::ahead)
                    .orElseGet(() -> new Detachment.Unknown(reason));
            case Reading.Seen<Optional<HostPort>>(var wanted) ->
                wanted
                    .map(address -> explain(standby, facts, settings.slot(), address, cluster))
                    .orElseGet(Detachment.NoUpstreamConfigured::new);
          };
    };
  }

  private Detachment explain(
      Endpoint standby,
      InstanceFacts facts,
      Optional<String> slot,
      HostPort configured,
      LiveCluster cluster) {
    var upstream = addresses.at(configured);
    if (upstream.filter(standby::equals).isPresent()) {
      return new Detachment.Unknown("its primary_conninfo names itself: " + configured);
    }
    if (upstream.isEmpty() || !isPolled(upstream.get())) {
      return isVirtual(configured)
          ? new Detachment.Unknown(
              "its primary_conninfo names %s, a virtual address".formatted(configured))
          : new Detachment.NotPolled(configured);
    }
    var at = upstream.get();
    var failure = unreachable.get(at);
    if (failure != null && failure.kind().isOwn()) {
      return new Detachment.Unknown(
          "nothing is known of %s, its upstream: %s".formatted(at, failure.message()));
    }
    if (failure != null) {
      return new Detachment.UpstreamUnreachable(at, failure.kind());
    }
    var theirs = Objects.requireNonNull(servers.get(at));
    return explain(new Ends(standby, facts, at, theirs), slot, cluster);
  }

  private boolean isVirtual(HostPort configured) {
    return Stream.of(addresses.virtual(), addresses.shared())
        .flatMap(Set::stream)
        .anyMatch(endpoint -> endpoint.host().equals(configured.host()));
  }

  private boolean isPolled(Endpoint endpoint) {
    return servers.containsKey(endpoint) || unreachable.containsKey(endpoint);
  }

  private record Ends(
      Endpoint standby, InstanceFacts own, Endpoint upstream, InstanceFacts theirs) {}

  private Detachment explain(Ends ends, Optional<String> slot, LiveCluster cluster) {
    var own = ends.own.identity().systemId().ifSeen();
    var other =
        ends.theirs.identity().systemId().ifSeen().filter(it -> !own.equals(Optional.of(it)));
    if (own.isPresent() && other.isPresent()) {
      return new Detachment.OtherSystemIdentifier(ends.upstream, other.get());
    }
    return slot.flatMap(name -> slotProblem(ends, name, cluster))
        .or(() -> noWalSenderLeft(ends))
        .or(() -> walRemoved(ends))
        .or(() -> olderTimeline(ends))
        .or(() -> ahead(ends))
        .orElseGet(() -> new Detachment.Unexplained(ends.upstream));
  }

  private static Optional<Detachment> slotProblem(Ends ends, String name, LiveCluster cluster) {
    var slot =
        ends.theirs.replication().slots().stream()
            .filter(row -> row.name().equals(name))
            .findFirst();
    if (slot.isEmpty()) {
      return ends.theirs.replication().slotRows() instanceof Reading.Seen
          ? Optional.of(new Detachment.SlotMissing(ends.upstream, name))
          : Optional.empty();
    }
    if (slot.get().isLost()) {
      return Optional.of(
          new Detachment.SlotLost(ends.upstream, name, slot.get().retention().invalidation()));
    }
    return slot.get().activePid().map(pid -> inUse(ends, name, pid, cluster));
  }

  /** A walsender that no link is for is one that it no longer receives from: it has none. */
  private static Detachment inUse(Ends ends, String slot, int pid, LiveCluster cluster) {
    var own = new Peer.Known(ends.standby);
    return cluster.links().stream()
        .filter(link -> link.upstream().equals(new Peer.Known(ends.upstream)))
        .filter(link -> link.sender().filter(row -> row.backend().pid() == pid).isPresent())
        .map(ReplicationLink::downstream)
        .filter(user -> !user.equals(own))
        .findFirst()
        .or(() -> otherClient(ends, pid))
        .<Detachment>map(user -> new Detachment.SlotBusy(ends.upstream, slot, user))
        .orElseGet(() -> new Detachment.SlotHeld(ends.upstream, slot, pid));
  }

  /** A client that is no standby, such as pg_receivewal. */
  private static Optional<Peer> otherClient(Ends ends, int pid) {
    return ReplicationClient.of(ends.theirs.replication()).stream()
        .filter(client -> client.sender().backend().pid() == pid)
        .filter(client -> client.kind() == ReplicationClient.Kind.WAL_ARCHIVER)
        .map(ReplicationClient::sender)
        .<Peer>map(
            row ->
                new Peer.Unknown(
                    row.stream()
                        .ifSeen()
                        .flatMap(stream -> stream.clientAddress())
                        .map(HostPort::host)
                        .orElse(""),
                    row.applicationName()))
        .findFirst();
  }

  private static Optional<Detachment> noWalSenderLeft(Ends ends) {
    var taken = ends.theirs.replication().walSenders().size();
    return ends.theirs
        .survey()
        .ifSeen()
        .flatMap(survey -> survey.number("max_wal_senders"))
        .filter(max -> taken >= max)
        .map(max -> new Detachment.NoFreeWalSender(ends.upstream, max));
  }

  /** The oldest WAL only moves forward, so an earlier survey proves it as well. */
  private Optional<Detachment> walRemoved(Ends ends) {
    var needed = Positions.end(ends.own.state());
    return oldest(ends.theirs)
        .flatMap(
            oldest ->
                needed
                    .filter(lsn -> lsn.compareTo(oldest) < 0)
                    .map(
                        lsn ->
                            new Detachment.WalRemoved(
                                ends.upstream, lsn, oldest, holder(ends, lsn))));
  }

  private static Optional<Lsn> oldest(InstanceFacts server) {
    return server
        .survey()
        .ifSeen()
        .flatMap(survey -> survey.wal().ifSeen())
        .flatMap(WalDirectory::oldest)
        .map(WalFile::start);
  }

  /** Another copy that had this WAL when its directory was read last; one in production first. */
  private Optional<Endpoint> holder(Ends ends, Lsn needed) {
    var system = ends.own.identity().systemId().ifSeen();
    return servers.entrySet().stream()
        .filter(it -> !it.getKey().equals(ends.standby) && !it.getKey().equals(ends.upstream))
        .filter(it -> system.isPresent())
        .filter(it -> it.getValue().identity().systemId().ifSeen().equals(system))
        .filter(it -> it.getValue().timeline().id() >= ends.own.timeline().id())
        .filter(it -> oldest(it.getValue()).filter(lsn -> lsn.compareTo(needed) <= 0).isPresent())
        .min(Comparator.comparing(it -> it.getValue().state() instanceof ServerState.InRecovery))
        .map(Map.Entry::getKey);
  }

  /** The only one that it can have its WAL from, where its own upstream is hidden. */
  private Optional<Ends> primary(Endpoint standby, InstanceFacts facts, LiveCluster cluster) {
    var primaries =
        cluster.members().stream()
            .filter(
                member ->
                    Objects.requireNonNull(servers.get(member)).state()
                        instanceof ServerState.InProduction)
            .toList();
    return primaries.size() == 1
        ? Optional.of(
            new Ends(
                standby,
                facts,
                primaries.getFirst(),
                Objects.requireNonNull(servers.get(primaries.getFirst()))))
        : Optional.empty();
  }

  private static Optional<Detachment> ahead(Ends ends) {
    return ends.own.state() instanceof ServerState.InRecovery recovery
            && ends.theirs.state() instanceof ServerState.InProduction production
            && ends.own.timeline().id() == ends.theirs.timeline().id()
        ? recovery
            .replayed()
            .filter(own -> own.compareTo(production.written()) > 0)
            .map(own -> new Detachment.AheadOfUpstream(ends.upstream, own, production.written()))
        : Optional.empty();
  }

  /** The standby's timeline may be a lower bound, which suffices here; the upstream's may not. */
  private static Optional<Detachment> olderTimeline(Ends ends) {
    var theirs = ends.theirs.timeline();
    var own = ends.own.timeline().id();
    return theirs.isExact() && theirs.id() < own
        ? Optional.of(new Detachment.OlderTimeline(ends.upstream, theirs.id(), own))
        : Optional.empty();
  }
}

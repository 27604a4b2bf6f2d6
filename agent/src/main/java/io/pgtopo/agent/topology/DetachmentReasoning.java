package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.agent.observation.WalDirectory;
import io.pgtopo.agent.observation.WalFile;
import io.pgtopo.config.model.Endpoint;
import java.util.Comparator;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;

/** Finds why a standby without a walreceiver has none. */
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

  Detachment explain(Endpoint standby, InstanceFacts facts, LiveCluster family) {
    return switch (facts.recovery()) {
      case Reading.Denied<RecoverySettings>(var reason) -> new Detachment.Unknown(reason);
      case Reading.Seen<RecoverySettings>(var settings) ->
          switch (settings.configuredUpstream()) {
            case Reading.Denied<Optional<HostPort>>(var reason) -> new Detachment.Unknown(reason);
            case Reading.Seen<Optional<HostPort>>(var wanted) ->
                wanted
                    .map(address -> explain(standby, facts, settings.slot(), address, family))
                    .orElseGet(Detachment.NoUpstreamConfigured::new);
          };
    };
  }

  private Detachment explain(
      Endpoint standby,
      InstanceFacts facts,
      Optional<String> slot,
      HostPort wanted,
      LiveCluster family) {
    var upstream = addresses.at(wanted);
    if (upstream.isEmpty()) {
      return new Detachment.Unknown("it wants " + wanted + ", which is not looked at");
    }
    var at = upstream.get();
    if (at.equals(standby)) {
      return new Detachment.Unknown("it wants " + wanted + ", which is itself");
    }
    var theirs = servers.get(at);
    if (theirs == null) {
      return Optional.ofNullable(unreachable.get(at))
          .<Detachment>map(failure -> new Detachment.UpstreamUnreachable(at, failure.kind()))
          .orElseGet(
              () -> new Detachment.Unknown("it wants " + wanted + ", which is not looked at"));
    }
    return explain(new Ends(standby, facts, at, theirs), slot, family);
  }

  private record Ends(
      Endpoint standby, InstanceFacts own, Endpoint upstream, InstanceFacts theirs) {}

  private static Detachment explain(Ends ends, Optional<String> slot, LiveCluster family) {
    if (!ends.theirs.identity().systemId().equals(ends.own.identity().systemId())) {
      return new Detachment.OtherSystemIdentifier(ends.upstream, ends.theirs.identity().systemId());
    }
    return slot.flatMap(name -> slotProblem(ends, name, family))
        .or(() -> noWalSenderLeft(ends))
        .or(() -> walRemoved(ends))
        .or(() -> olderTimeline(ends))
        .orElseGet(() -> new Detachment.Unexplained(ends.upstream));
  }

  private static Optional<Detachment> slotProblem(Ends ends, String name, LiveCluster family) {
    var slot =
        ends.theirs.replication().slots().stream()
            .filter(row -> row.name().equals(name))
            .findFirst();
    if (slot.isEmpty()) {
      return Optional.of(new Detachment.SlotMissing(ends.upstream, name));
    }
    if (slot.get().isLost()) {
      return Optional.of(new Detachment.SlotLost(ends.upstream, name));
    }
    return userOf(slot.get(), ends.upstream, family)
        .filter(user -> !user.equals(new Peer.Known(ends.standby)))
        .map(user -> new Detachment.SlotBusy(ends.upstream, name, user));
  }

  private static Optional<Peer> userOf(
      ReplicationSlot slot, Endpoint upstream, LiveCluster family) {
    var peer = new Peer.Known(upstream);
    return family.links().stream()
        .filter(link -> link.upstream().equals(peer))
        .filter(
            link ->
                link.sender()
                    .map(sender -> sender.backend().pid())
                    .filter(pid -> slot.activePid().equals(Optional.of(pid)))
                    .isPresent())
        .map(ReplicationLink::downstream)
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

  /** The oldest WAL only moves on, so that a survey of earlier proves it as well. */
  private static Optional<Detachment> walRemoved(Ends ends) {
    var isFedByArchive =
        ends.own
            .recovery()
            .ifSeen()
            .filter(settings -> settings.archive() == RecoverySettings.Archive.RESTORES)
            .isPresent();
    if (isFedByArchive || !(ends.own.state() instanceof ServerState.InRecovery recovery)) {
      return Optional.empty();
    }
    var needed =
        Stream.of(recovery.received(), recovery.replayed())
            .flatMap(Optional::stream)
            .max(Comparator.naturalOrder());
    return ends.theirs
        .survey()
        .ifSeen()
        .flatMap(survey -> survey.wal().ifSeen())
        .flatMap(WalDirectory::oldest)
        .map(WalFile::start)
        .flatMap(
            oldest ->
                needed
                    .filter(lsn -> lsn.compareTo(oldest) < 0)
                    .map(lsn -> new Detachment.WalRemoved(ends.upstream, lsn, oldest)));
  }

  /** The standby's timeline may be a lower bound, which suffices here; the upstream's may not. */
  private static Optional<Detachment> olderTimeline(Ends ends) {
    var theirs = ends.theirs.timeline();
    var own = ends.own.timeline().id();
    return theirs.source() != Timeline.Source.CONTROL_FILE && theirs.id() < own
        ? Optional.of(new Detachment.OlderTimeline(ends.upstream, theirs.id(), own))
        : Optional.empty();
  }
}

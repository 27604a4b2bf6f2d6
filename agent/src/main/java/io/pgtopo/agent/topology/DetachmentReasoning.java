package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.config.Endpoint;
import java.util.Optional;
import java.util.SortedMap;

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
          switch (settings.wanted()) {
            case Reading.Denied<Optional<HostPort>>(var reason) -> new Detachment.Unknown(reason);
            case Reading.Seen<Optional<HostPort>>(var wanted) ->
                wanted
                    .map(address -> explain(standby, facts, settings.slot(), address, family))
                    .orElseGet(Detachment.ToldNobody::new);
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
          .<Detachment>map(failure -> new Detachment.UpstreamSilent(at, failure.kind()))
          .orElseGet(
              () -> new Detachment.Unknown("it wants " + wanted + ", which is not looked at"));
    }
    return explain(new Ends(standby, facts, at, theirs), slot, family);
  }

  private record Ends(
      Endpoint standby, InstanceFacts own, Endpoint upstream, InstanceFacts theirs) {}

  private static Detachment explain(Ends ends, Optional<String> slot, LiveCluster family) {
    if (!ends.theirs.identity().systemId().equals(ends.own.identity().systemId())) {
      return new Detachment.OtherFamily(ends.upstream, ends.theirs.identity().systemId());
    }
    return slot.flatMap(name -> slotProblem(ends, name, family))
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

  /** The standby's timeline may be a lower bound, which suffices here; the upstream's may not. */
  private static Optional<Detachment> olderTimeline(Ends ends) {
    var theirs = ends.theirs.timeline();
    var own = ends.own.timeline().id();
    return theirs.source() != Timeline.Source.CONTROL_FILE && theirs.id() < own
        ? Optional.of(new Detachment.OlderTimeline(ends.upstream, theirs.id(), own))
        : Optional.empty();
  }
}

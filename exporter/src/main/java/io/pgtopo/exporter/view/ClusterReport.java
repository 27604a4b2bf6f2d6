package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.UndeclaredServer;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.topology.UnprovenLink;
import io.pgtopo.agent.topology.VirtualAddress;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.exporter.view.InstanceReport.PositionReport;
import io.pgtopo.exporter.view.InstanceReport.TimelineReport;
import io.pgtopo.exporter.view.InstanceReport.UpstreamReport;
import java.util.List;
import java.util.Optional;

/** One declared cluster with its servers and links. */
public record ClusterReport(
    @JsonUnwrapped ClusterSummary summary,
    List<InstanceReport> instances,
    @JsonPropertyDescription("servers of the cluster that are declared nowhere")
        List<UndeclaredReport> undeclared,
    List<LinkReport> links,
    @JsonPropertyDescription(
            "the upstream of a member that no link leads to, as configured or seen before;"
                + " no drift is derived from it")
        List<UnprovenLinkReport> unprovenLinks,
    @JsonPropertyDescription(
            "clients of logical slots of the members, and the subscriptions that these run")
        List<LogicalLinkReport> logicalLinks,
    @JsonPropertyDescription("the declared virtual address; null if none is declared")
        Optional<VipReport> vip) {

  /** A server of the cluster that is declared nowhere. */
  public record UndeclaredReport(
      String name,
      @JsonPropertyDescription("at which pgtopo polls it; null if it knows none")
          Optional<String> address,
      @OneOf(LiveRole.class) String role,
      boolean reachable,
      Optional<String> version,
      Optional<String> systemIdentifier,
      Optional<String> clusterName,
      Optional<TimelineReport> timeline,
      Optional<PositionReport> lsn,
      Optional<UpstreamReport> upstream) {

    private static UndeclaredReport of(UndeclaredServer found, DisplayNames names) {
      var identity = found.live().map(live -> live.facts().identity());
      return new UndeclaredReport(
          names.of(found.peer()) + found.place(),
          found.peer() instanceof Peer.Known(var endpoint)
              ? Optional.of(endpoint.toString())
              : Optional.empty(),
          found.live().map(LiveInstance::role).orElse(LiveRole.UNKNOWN).label(),
          found.live().isPresent(),
          identity.map(it -> it.version().toString()),
          identity.flatMap(it -> it.systemId().ifSeen()).map(Object::toString),
          identity.map(it -> it.clusterName()),
          found.live().map(live -> TimelineReport.of(live.facts())),
          found.live().map(live -> PositionReport.of(live.facts())),
          found.live().map(live -> UpstreamReport.of(live.upstream(), names)));
    }
  }

  /** Where a member that no link leads to would receive WAL from. */
  public record UnprovenLinkReport(
      String upstream,
      String downstream,
      @OneOf(UnprovenLink.Grade.class) String grade,
      @OneOf(UnprovenLink.Source.class) String source) {}

  /** A declared virtual address. */
  public record VipReport(
      String address,
      @JsonPropertyDescription("the instance that answers there; null for none or another server")
          Optional<String> leadsTo,
      @JsonPropertyDescription("why no server answers there") Optional<String> failure) {

    private static VipReport of(Endpoint address, Topology live, AddressBook book) {
      var found = Optional.ofNullable(live.virtual().get(address));
      return new VipReport(
          address.toString(),
          found.flatMap(
              it ->
                  it instanceof VirtualAddress.LeadsTo(var server)
                      ? Optional.of(book.nameOf(server))
                      : Optional.empty()),
          found.flatMap(
              it ->
                  it instanceof VirtualAddress.Silent(var failure)
                      ? Optional.of(failure.message())
                      : Optional.empty()));
    }
  }

  static ClusterReport of(ClusterView view, Snapshot snapshot) {
    var live = snapshot.topology();
    var book = snapshot.addresses();
    var names = new DisplayNames(book);
    return new ClusterReport(
        ClusterSummary.of(view),
        view.members().stream()
            .map(member -> InstanceReport.of(member, view.cluster(), snapshot))
            .toList(),
        view.undeclared().stream().map(found -> UndeclaredReport.of(found, names)).toList(),
        view.links().stream().map(link -> LinkReport.of(link, view, snapshot, names)).toList(),
        live.unprovenLinks().stream()
            .filter(link -> view.at(link.downstream()).isPresent())
            .map(
                link ->
                    new UnprovenLinkReport(
                        names.of(link.upstream()),
                        names.of(link.downstream()),
                        link.grade().label(),
                        link.source().label()))
            .toList(),
        live.logicalLinks().stream()
            .filter(LogicalLinkReport.touching(view))
            .map(link -> LogicalLinkReport.of(link, live, names))
            .toList(),
        view.cluster().virtualEndpoint().map(address -> VipReport.of(address, live, book)));
  }
}

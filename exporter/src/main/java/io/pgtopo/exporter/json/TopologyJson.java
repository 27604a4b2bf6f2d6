package io.pgtopo.exporter.json;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.UndeclaredServer;
import io.pgtopo.agent.judge.Verdict;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.LiveCluster;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.ReplicationClient;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Trait;
import io.pgtopo.agent.topology.VirtualAddress;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DisplayNames;
import io.pgtopo.exporter.view.InstanceView;
import io.pgtopo.exporter.view.Streaming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The live topology as JSON. What is not known is {@code null}. */
public final class TopologyJson {
  private final Snapshot snapshot;
  private final DisplayNames names;
  private final AddressBook book;

  private TopologyJson(Snapshot snapshot) {
    this.snapshot = snapshot;
    this.book = snapshot.addresses();
    this.names = new DisplayNames(book);
  }

  /** The clusters of a snapshot that are asked for, and all families that were seen. */
  public static JsonObject render(Snapshot snapshot, List<ClusterView> views) {
    var json = new TopologyJson(snapshot);
    return new JsonObject()
        .with("startedAt", snapshot.window().from().toString())
        .with("endedAt", snapshot.window().to().toString())
        .with("clusters", views.stream().map(json::cluster).toList())
        .with(
            "families",
            snapshot.topology().clusters().values().stream().map(json::family).toList());
  }

  /** The clusters that are asked for, without what is in them. */
  public static JsonObject clusters(Snapshot snapshot, List<ClusterView> views) {
    return new JsonObject()
        .with("endedAt", snapshot.window().to().toString())
        .with("clusters", views.stream().map(view -> TopologyJson.head(view).fields()).toList());
  }

  /** The instances of the clusters that are asked for, in one list. */
  public static JsonObject instances(Snapshot snapshot, List<ClusterView> views) {
    var json = new TopologyJson(snapshot);
    return new JsonObject()
        .with("endedAt", snapshot.window().to().toString())
        .with(
            "instances",
            views.stream()
                .flatMap(view -> view.members().stream())
                .map(
                    member ->
                        new JsonObject()
                            .with("cluster", member.declared().cluster())
                            .withAll(json.instance(member))
                            .fields())
                .toList());
  }

  private Map<String, @Nullable Object> cluster(ClusterView view) {
    return head(view)
        .with("instances", view.members().stream().map(this::instance).toList())
        .with("undeclared", view.undeclared().stream().map(this::undeclared).toList())
        .with("links", view.links().stream().map(this::link).toList())
        .with("faintLinks", faintLinks(view))
        .with("vip", view.cluster().virtualEndpoint().map(this::vip))
        .fields();
  }

  private Map<String, @Nullable Object> vip(Endpoint address) {
    var found = Optional.ofNullable(snapshot.topology().virtual().get(address));
    return new JsonObject()
        .with("address", address.toString())
        .with(
            "leadsTo",
            found.flatMap(
                it ->
                    it instanceof VirtualAddress.LeadsTo(var server)
                        ? Optional.of(book.nameOf(server))
                        : Optional.empty()))
        .with(
            "failure",
            found.flatMap(
                it ->
                    it instanceof VirtualAddress.Silent(var failure)
                        ? Optional.of(failure.message())
                        : Optional.empty()))
        .fields();
  }

  private static JsonObject head(ClusterView view) {
    return new JsonObject()
        .with("name", view.cluster().name())
        .with("systemIdentifiers", view.systemIds().stream().map(Object::toString).toList())
        .with("declared", view.members().size())
        .with("reachable", view.reachable())
        .with(
            "primaries", view.primaries().stream().map(member -> member.declared().name()).toList())
        .with("sync", view.verdict().sync().label())
        .with("health", view.verdict().health().label())
        .with("causes", view.verdict().causes().stream().map(TopologyJson::cause).toList())
        .with("drifts", view.drifts().size())
        .with("unverifiable", view.unverifiable().size());
  }

  private Map<String, @Nullable Object> undeclared(UndeclaredServer found) {
    var facts = found.live().map(live -> live.facts());
    return new JsonObject()
        .with("name", names.of(found.peer()))
        .with("role", found.live().map(LiveInstance::role).orElse(LiveRole.UNKNOWN).label())
        .with("reachable", found.live().isPresent())
        .with("version", facts.map(it -> it.identity().version().toString()))
        .with("systemIdentifier", facts.map(it -> it.identity().systemId().toString()))
        .with("clusterName", facts.map(it -> it.identity().clusterName()))
        .with("timeline", facts.map(TopologyJson::timeline))
        .with("lsn", facts.map(it -> lsn(it.state())))
        .with("upstream", found.live().map(live -> upstream(live.upstream())))
        .fields();
  }

  private List<Map<String, @Nullable Object>> faintLinks(ClusterView view) {
    return snapshot.topology().unprovenLinks().stream()
        .filter(link -> view.at(link.downstream()).isPresent())
        .map(
            link ->
                new JsonObject()
                    .with("upstream", names.of(link.upstream()))
                    .with("downstream", names.of(link.downstream()))
                    .with("grade", link.grade().label())
                    .with("source", link.source().label())
                    .fields())
        .toList();
  }

  private List<String> traits(LiveInstance live) {
    return Trait.of(live, snapshot.topology(), book).stream().map(Trait::label).toList();
  }

  private static List<Map<String, @Nullable Object>> clients(InstanceFacts facts) {
    return ReplicationClient.of(facts.replication()).stream()
        .map(
            client ->
                new JsonObject()
                    .with("applicationName", client.sender().applicationName())
                    .with(
                        "address",
                        client.sender().stream()
                            .ifSeen()
                            .flatMap(WalSender.Stream::clientAddress)
                            .map(HostPort::host))
                    .with("kind", client.kind().label())
                    .fields())
        .toList();
  }

  private static Map<String, @Nullable Object> cause(Verdict.Cause cause) {
    return new JsonObject()
        .with("code", cause.code().label())
        .with("detail", cause.detail())
        .fields();
  }

  private Map<String, @Nullable Object> family(LiveCluster family) {
    return new JsonObject()
        .with("systemIdentifier", family.systemId().toString())
        .with("members", family.members().stream().map(names::of).toList())
        .fields();
  }

  private Map<String, @Nullable Object> instance(InstanceView member) {
    var declared = member.declared();
    var json =
        new JsonObject()
            .with("name", declared.name())
            .with("address", declared.endpoint().toString())
            .with("declaredRole", declared.role().map(InstanceRole::label))
            .with("declaredUpstream", declaredUpstream(declared.upstream()))
            .with("role", member.role().label())
            .with("reachable", member.live().isPresent())
            .with("failure", member.failure().map(TopologyJson::failure));
    var facts = member.live().map(live -> live.facts());
    json.with("version", facts.map(it -> it.identity().version().toString()))
        .with("systemIdentifier", facts.map(it -> it.identity().systemId().toString()))
        .with("startedAt", facts.map(it -> it.identity().startedAt().toString()))
        .with("timeline", facts.map(TopologyJson::timeline))
        .with("lsn", facts.map(it -> lsn(it.state())))
        .with("replay", facts.flatMap(TopologyJson::replay))
        .with("delay", delay(member))
        .with("upstream", member.live().map(live -> upstream(live.upstream())))
        .with("slots", facts.map(TopologyJson::slots))
        .with("traits", member.live().map(this::traits).orElse(List.of()))
        .with("clients", facts.map(TopologyJson::clients));
    return json.fields();
  }

  private String declaredUpstream(DeclaredUpstream upstream) {
    return switch (upstream) {
      case DeclaredUpstream.None none -> "nobody";
      case DeclaredUpstream.ClusterLeader leader -> "cluster leader";
      case DeclaredUpstream.Member(var endpoint) -> names.of(endpoint);
      case DeclaredUpstream.Outside(var endpoint) -> names.of(endpoint);
    };
  }

  private static Map<String, @Nullable Object> failure(Failure failure) {
    return new JsonObject()
        .with("kind", failure.kind().label())
        .with("message", failure.message())
        .with("sqlState", failure.sqlState())
        .fields();
  }

  private static Map<String, @Nullable Object> timeline(InstanceFacts facts) {
    return new JsonObject()
        .with("id", facts.timeline().id())
        .with("source", facts.timeline().source().name().toLowerCase(Locale.ROOT))
        .fields();
  }

  private static Map<String, @Nullable Object> lsn(ServerState state) {
    return switch (state) {
      case ServerState.InProduction(var written, var promotedAt, var waits, var archiver) ->
          new JsonObject()
              .with("written", written.toString())
              .with("promotedAt", promotedAt.map(Lsn::toString))
              .fields();
      case ServerState.InRecovery recovery ->
          new JsonObject()
              .with("received", recovery.received().map(Lsn::toString))
              .with("replayed", recovery.replayed().map(Lsn::toString))
              .fields();
    };
  }

  private static Optional<String> replay(InstanceFacts facts) {
    return facts.state() instanceof ServerState.InRecovery recovery
        ? Optional.of(recovery.replay().name().toLowerCase(Locale.ROOT))
        : Optional.empty();
  }

  private static Map<String, @Nullable Object> delay(InstanceView member) {
    return new JsonObject()
        .with("declared", member.declared().delay().toString())
        .with("live", member.delay().map(Duration::toString))
        .fields();
  }

  private Map<String, @Nullable Object> upstream(LiveUpstream upstream) {
    return switch (upstream) {
      case LiveUpstream.NotNeeded none -> new JsonObject().with("state", "not_needed").fields();
      case LiveUpstream.Follows(var peer) ->
          new JsonObject().with("state", "follows").with("name", names.of(peer)).fields();
      case LiveUpstream.Detached none -> new JsonObject().with("state", "detached").fields();
      case LiveUpstream.Foreign(var peer, var systemId) ->
          new JsonObject()
              .with("state", "foreign")
              .with("name", names.of(peer))
              .with("systemIdentifier", systemId.toString())
              .fields();
      case LiveUpstream.Hidden(var reason) ->
          new JsonObject().with("state", "hidden").with("reason", reason).fields();
    };
  }

  private static List<Map<String, @Nullable Object>> slots(InstanceFacts facts) {
    return facts.replication().slots().stream().map(TopologyJson::slot).toList();
  }

  private static Map<String, @Nullable Object> slot(ReplicationSlot slot) {
    return new JsonObject()
        .with("name", slot.name())
        .with("type", slot.type().name().toLowerCase(Locale.ROOT))
        .with("active", slot.activePid().isPresent())
        .with("restartLsn", slot.retention().restart().map(Lsn::toString))
        .with("walStatus", slot.retention().walStatus())
        .fields();
  }

  private Map<String, @Nullable Object> link(ReplicationLink link) {
    var witnesses = new ArrayList<String>();
    link.sender().ifPresent(row -> witnesses.add("walsender of " + names.of(link.upstream())));
    link.receiver()
        .ifPresent(row -> witnesses.add("walreceiver of " + names.of(link.downstream())));
    return new JsonObject()
        .with("upstream", names.of(link.upstream()))
        .with("downstream", names.of(link.downstream()))
        .with("grade", link.grade().label())
        .with("witnesses", witnesses)
        .with("reasons", link.reasons().stream().map(ReplicationLink.Reason::label).toList())
        .with("streaming", streaming(link))
        .with("replayLagBytes", Positions.replayLagBytes(link, snapshot.topology()))
        .fields();
  }

  private static Optional<Boolean> streaming(ReplicationLink link) {
    return switch (Streaming.of(link)) {
      case YES -> Optional.of(true);
      case NO -> Optional.of(false);
      case UNKNOWN -> Optional.empty();
    };
  }
}

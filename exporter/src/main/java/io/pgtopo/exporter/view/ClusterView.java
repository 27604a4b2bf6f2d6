package io.pgtopo.exporter.view;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.UndeclaredServer;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.judge.Verdict;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one snapshot holds of one declared cluster; everything that is shown of it is made from
 * this.
 *
 * @param links that end at a member or an undeclared server, or at an unidentified one behind it
 * @param undeclared who belongs to the cluster without being declared
 * @param open all drifts that are open, proved or not, whether they count or not
 * @param evaluable the kinds that could be evaluated for the whole cluster, whatever was found
 */
public record ClusterView(
    Cluster cluster,
    List<InstanceView> members,
    List<ReplicationLink> links,
    List<UndeclaredServer> undeclared,
    List<JudgedDrift> open,
    Verdict verdict,
    Set<DriftKind> evaluable) {

  /** The clusters of a snapshot, in order of their names. Each link and drift is met once. */
  public static List<ClusterView> of(Snapshot snapshot) {
    Map<Endpoint, Observation> observations =
        snapshot.observations().stream()
            .collect(Collectors.toMap(Observation::endpoint, Function.identity()));
    var links = linksByCluster(snapshot);
    var drifts =
        snapshot.judgement().drifts().stream()
            .collect(Collectors.groupingBy(judged -> judged.drift().subject().cluster()));
    var verdicts =
        snapshot.judgement().verdicts().stream()
            .collect(Collectors.toMap(Verdict::cluster, Function.identity()));
    return snapshot.inventory().clusters().stream()
        .map(
            cluster ->
                new ClusterView(
                    cluster,
                    members(cluster, observations, snapshot.topology()),
                    links.getOrDefault(cluster.name(), List.of()).stream().sorted().toList(),
                    snapshot.compared().undeclaredIn(cluster),
                    drifts.getOrDefault(cluster.name(), List.of()),
                    Objects.requireNonNull(verdicts.get(cluster.name())),
                    snapshot.compared().evaluatedIn(cluster)))
        .toList();
  }

  /** Differences that are proved and count. */
  public Stream<JudgedDrift> drifts() {
    return open.stream().filter(JudgedDrift::counts).filter(Predicate.not(ClusterView::isUnknown));
  }

  /** What could not be evaluated, and counts. */
  public Stream<JudgedDrift> unverifiable() {
    return open.stream().filter(JudgedDrift::counts).filter(ClusterView::isUnknown);
  }

  private static boolean isUnknown(JudgedDrift judged) {
    return judged.drift() instanceof Drift.Unverifiable;
  }

  private static List<InstanceView> members(
      Cluster cluster, Map<Endpoint, Observation> observations, Topology topology) {
    return cluster.instances().stream()
        .map(
            instance ->
                new InstanceView(
                    instance,
                    Optional.ofNullable(observations.get(instance.endpoint())),
                    topology.at(instance.endpoint()),
                    topology.at(instance.endpoint()).isPresent()
                        && topology.isServer(instance.endpoint())))
        .toList();
  }

  /** A link belongs to the cluster of its downstream; otherwise to that of its upstream. */
  private static Map<String, List<ReplicationLink>> linksByCluster(Snapshot snapshot) {
    var clustersOf = new HashMap<Peer, Set<String>>();
    BiConsumer<Peer, String> put =
        (peer, name) -> clustersOf.computeIfAbsent(peer, it -> new TreeSet<>()).add(name);
    snapshot
        .inventory()
        .instances()
        .forEach(it -> put.accept(new Peer.Known(it.endpoint()), it.cluster()));
    snapshot.compared().undeclared().values().stream()
        .flatMap(List::stream)
        .filter(found -> found.peer() instanceof Peer.Known)
        .forEach(found -> put.accept(found.peer(), found.cluster()));
    var links = new HashMap<String, List<ReplicationLink>>();
    for (var system : snapshot.topology().clusters().values()) {
      for (var link : system.links()) {
        var member =
            clustersOf.containsKey(link.downstream()) ? link.downstream() : link.upstream();
        clustersOf
            .getOrDefault(member, Set.of())
            .forEach(
                cluster -> links.computeIfAbsent(cluster, name -> new ArrayList<>()).add(link));
      }
    }
    return links;
  }

  /** How many members answered. */
  public int reachable() {
    return (int) members.stream().filter(member -> member.live().isPresent()).count();
  }

  /** Whether a server of its own was seen of each member. */
  public boolean isWhole() {
    return members.stream().allMatch(InstanceView::isServer);
  }

  /** The members that report that they are in production, each server once, in order. */
  public List<InstanceView> primaries() {
    return members.stream()
        .filter(InstanceView::isServer)
        .filter(member -> member.role() == LiveRole.PRIMARY)
        .toList();
  }

  /** The system identifiers of the members that answered; more than one is a finding. */
  public List<SystemId> systemIds() {
    return members.stream()
        .flatMap(member -> member.live().stream())
        .flatMap(live -> live.facts().identity().systemId().ifSeen().stream())
        .distinct()
        .sorted()
        .toList();
  }

  /** Whether an endpoint is that of a member, and a server of its own answered there. */
  public boolean isServerOf(Endpoint endpoint) {
    return at(endpoint).filter(InstanceView::isServer).isPresent();
  }

  /** The member at an endpoint. */
  public Optional<InstanceView> at(Endpoint endpoint) {
    return members.stream()
        .filter(member -> member.declared().endpoint().equals(endpoint))
        .findFirst();
  }

  /** The evaluable kinds of which nothing is open, be it that it is only ignored or suspended. */
  public Set<DriftKind> agreed() {
    var agreed = new TreeSet<>(evaluable);
    open.forEach(judged -> agreed.remove(judged.key().about().orElse(judged.key().kind())));
    return agreed;
  }
}

package io.pgtopo.exporter.view;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.UndeclaredServer;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.judge.Verdict;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one snapshot holds of one declared cluster; everything that is shown of it is made from
 * this.
 *
 * @param links that end at a member or an undeclared server, or at a stranger behind one
 * @param undeclared who belongs to the cluster without being declared
 * @param drifts differences that are proved and count, unlike what is {@code unverifiable}
 * @param quiet what is ignored or suspended, proved or not
 * @param judged all that is open, by key
 * @param evaluable the kinds that could be evaluated for the whole cluster, whatever was found
 */
public record ClusterView(
    Cluster cluster,
    List<InstanceView> members,
    List<ReplicationLink> links,
    List<UndeclaredServer> undeclared,
    List<TrackedDrift> drifts,
    List<TrackedDrift> unverifiable,
    List<JudgedDrift> quiet,
    SortedMap<Drift.Key, JudgedDrift> judged,
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
                of(
                    cluster,
                    members(cluster, observations, snapshot.topology()),
                    links.getOrDefault(cluster.name(), List.of()),
                    snapshot.compared().undeclaredIn(cluster),
                    drifts.getOrDefault(cluster.name(), List.of()),
                    Objects.requireNonNull(verdicts.get(cluster.name())),
                    snapshot.compared().evaluatedIn(cluster)))
        .toList();
  }

  private static ClusterView of(
      Cluster cluster,
      List<InstanceView> members,
      List<ReplicationLink> links,
      List<UndeclaredServer> undeclared,
      List<JudgedDrift> drifts,
      Verdict verdict,
      Set<DriftKind> evaluable) {
    var byCertainty =
        drifts.stream()
            .filter(JudgedDrift::counts)
            .map(JudgedDrift::tracked)
            .collect(
                Collectors.partitioningBy(
                    tracked -> tracked.drift() instanceof Drift.Unverifiable));
    return new ClusterView(
        cluster,
        members,
        links.stream().sorted().toList(),
        undeclared,
        byCertainty.getOrDefault(false, List.of()),
        byCertainty.getOrDefault(true, List.of()),
        drifts.stream().filter(judged -> !judged.counts()).toList(),
        drifts.stream()
            .collect(
                Collectors.toMap(
                    JudgedDrift::key, Function.identity(), (one, other) -> one, TreeMap::new)),
        verdict,
        evaluable);
  }

  /** What the policy makes of an open drift. */
  public JudgedDrift judged(TrackedDrift tracked) {
    return Objects.requireNonNull(judged.get(tracked.drift().key()));
  }

  /** Its drifts that count. */
  Stream<JudgedDrift> proved() {
    return drifts.stream().map(this::judged);
  }

  /** What could not be evaluated of it, and counts. */
  Stream<JudgedDrift> unproved() {
    return unverifiable.stream().map(this::judged);
  }

  private static List<InstanceView> members(
      Cluster cluster, Map<Endpoint, Observation> observations, Topology topology) {
    return cluster.instances().stream()
        .map(
            instance ->
                new InstanceView(
                    instance,
                    Optional.ofNullable(observations.get(instance.endpoint())),
                    topology.at(instance.endpoint())))
        .toList();
  }

  /** A link belongs where its downstream does; one to a stranger, or to nobody's, its upstream. */
  private static Map<String, List<ReplicationLink>> linksByCluster(Snapshot snapshot) {
    var clustersOf = new HashMap<Peer, Set<String>>();
    snapshot
        .inventory()
        .instances()
        .forEach(
            instance ->
                clustersOf
                    .computeIfAbsent(new Peer.Known(instance.endpoint()), peer -> new TreeSet<>())
                    .add(instance.cluster()));
    snapshot.compared().undeclared().values().stream()
        .flatMap(List::stream)
        .filter(found -> found.peer() instanceof Peer.Known)
        .forEach(
            found ->
                clustersOf
                    .computeIfAbsent(found.peer(), peer -> new TreeSet<>())
                    .add(found.cluster()));
    var links = new HashMap<String, List<ReplicationLink>>();
    for (var family : snapshot.topology().clusters().values()) {
      for (var link : family.links()) {
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

  /** The members that are in production by their own word, in order of their number. */
  public List<InstanceView> primaries() {
    return members.stream().filter(member -> member.role() == LiveRole.PRIMARY).toList();
  }

  /** The system identifiers of the members that answered; more than one is a finding. */
  public List<SystemId> systemIds() {
    return members.stream()
        .flatMap(member -> member.live().stream())
        .map(LiveInstance::systemId)
        .distinct()
        .sorted()
        .toList();
  }

  /** The member at an endpoint. */
  public Optional<InstanceView> at(Endpoint endpoint) {
    return members.stream()
        .filter(member -> member.declared().endpoint().equals(endpoint))
        .findFirst();
  }

  /** What is open about one subject: the name of an instance or, empty, the cluster itself. */
  public List<TrackedDrift> about(Optional<String> instance) {
    var open = new TreeMap<Drift.Key, TrackedDrift>();
    drifts.forEach(tracked -> open.put(tracked.drift().key(), tracked));
    unverifiable.forEach(tracked -> open.put(tracked.drift().key(), tracked));
    return open.values().stream()
        .filter(tracked -> tracked.drift().subject().instance().equals(instance))
        .toList();
  }

  /** An undeclared server of the cluster that answered. */
  public Optional<LiveInstance> undeclaredAt(Endpoint endpoint) {
    return undeclared.stream()
        .flatMap(found -> found.live().stream())
        .filter(live -> live.endpoint().equals(endpoint))
        .findFirst();
  }

  /** The evaluable kinds of which nothing is open, be it that it is only ignored or suspended. */
  public Set<DriftKind> agreed() {
    var agreed = new TreeSet<>(evaluable);
    judged.keySet().forEach(key -> agreed.remove(key.about().orElse(key.kind())));
    return agreed;
  }
}

package io.pgtopo.exporter.view;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.compare.ClusterAttribution;
import io.pgtopo.agent.compare.ObjectScope;
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
import io.pgtopo.config.model.InstanceRole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
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

/**
 * What one snapshot holds of one declared cluster; everything that is shown of it is made from
 * this.
 *
 * @param links that end at a member or an undeclared server, or at a stranger behind one
 * @param undeclared who belongs to the cluster without being declared
 * @param drifts differences that are proved and count, unlike what is {@code unverifiable}
 * @param quiet what is ignored or suspended, proved or not
 * @param judged all that is open, by key
 * @param unasked kinds that the policy does not ask for, or that this agent does not look at
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
    Set<DriftKind> unasked) {

  /** Two writers, none, or a member of another system: then nobody knows whom to follow. */
  private static final Set<DriftKind> LEADERLESS =
      Set.of(DriftKind.MULTIPLE_PRIMARIES, DriftKind.NO_PRIMARY, DriftKind.FOREIGN_SYSTEM_ID);

  /** The clusters of a snapshot, in order of their names. Each link and drift is met once. */
  public static List<ClusterView> of(Snapshot snapshot) {
    Map<Endpoint, Observation> observations =
        snapshot.observations().stream()
            .collect(Collectors.toMap(Observation::endpoint, Function.identity()));
    var undeclared = ClusterAttribution.among(snapshot.inventory(), snapshot.topology());
    var links = linksByCluster(snapshot, undeclared);
    var undeclaredOf =
        undeclared.stream().collect(Collectors.groupingBy(UndeclaredServer::cluster));
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
                    undeclaredOf.getOrDefault(cluster.name(), List.of()),
                    drifts.getOrDefault(cluster.name(), List.of()),
                    Objects.requireNonNull(verdicts.get(cluster.name())),
                    unasked(cluster, snapshot)))
        .toList();
  }

  private static Set<DriftKind> unasked(Cluster cluster, Snapshot snapshot) {
    var unasked = EnumSet.noneOf(DriftKind.class);
    if (snapshot.judgement().policy().maxLag(cluster.name()).isEmpty()) {
      unasked.add(DriftKind.REPLICATION_LAG);
    }
    var virtual = snapshot.topology().virtual().keySet();
    if (cluster.virtualEndpoint().filter(virtual::contains).isEmpty()) {
      unasked.add(DriftKind.VIP_MISPLACED);
    }
    return unasked;
  }

  private static ClusterView of(
      Cluster cluster,
      List<InstanceView> members,
      List<ReplicationLink> links,
      List<UndeclaredServer> undeclared,
      List<JudgedDrift> drifts,
      Verdict verdict,
      Set<DriftKind> unasked) {
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
        unasked);
  }

  /** What the policy makes of an open drift. */
  public JudgedDrift judged(TrackedDrift tracked) {
    return Objects.requireNonNull(judged.get(tracked.drift().key()));
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
  private static Map<String, List<ReplicationLink>> linksByCluster(
      Snapshot snapshot, List<UndeclaredServer> undeclared) {
    var clustersOf = new HashMap<Peer, Set<String>>();
    snapshot
        .inventory()
        .instances()
        .forEach(
            instance ->
                clustersOf
                    .computeIfAbsent(new Peer.Known(instance.endpoint()), peer -> new TreeSet<>())
                    .add(instance.cluster()));
    for (var found : undeclared) {
      if (found.peer() instanceof Peer.Known) {
        clustersOf.computeIfAbsent(found.peer(), peer -> new TreeSet<>()).add(found.cluster());
      }
    }
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

  /**
   * The kinds of drift that were judged for the whole cluster and found nowhere in it. A kind that
   * is missing here is open, or could not be judged everywhere.
   */
  public Set<DriftKind> agreed() {
    var agreed = new TreeSet<>(evaluable());
    drifts.forEach(tracked -> agreed.remove(tracked.drift().kind()));
    quiet.forEach(judged -> agreed.remove(topic(judged.drift())));
    return agreed;
  }

  /** The kinds of drift that were judged for the whole cluster, whatever was found. */
  public Set<DriftKind> evaluable() {
    var open = new TreeSet<DriftKind>();
    drifts.forEach(tracked -> open.add(tracked.drift().kind()));
    quiet.forEach(judged -> open.add(topic(judged.drift())));
    var unknown = unverifiableKinds();
    return Arrays.stream(DriftKind.values())
        .filter(kind -> !unknown.contains(kind) && !unasked.contains(kind))
        .filter(kind -> isJudged(kind, open))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static DriftKind topic(Drift drift) {
    return drift instanceof Drift.Unverifiable unknown ? unknown.about() : drift.kind();
  }

  private Set<DriftKind> unverifiableKinds() {
    var kinds = new TreeSet<DriftKind>();
    for (var tracked : unverifiable) {
      if (tracked.drift() instanceof Drift.Unverifiable unknown) {
        kinds.add(unknown.about());
      }
    }
    return kinds;
  }

  private boolean isJudged(DriftKind kind, Set<DriftKind> open) {
    var allAnswered = reachable() == members.size();
    return switch (kind) {
      case UNVERIFIABLE -> false;
      case AGENT_ISOLATED, INSTANCE_UNREACHABLE -> true;
      case NO_PRIMARY -> declaresWriter();
      case ROLE_MISMATCH -> allAnswered && !open.contains(DriftKind.ROLE_SWAPPED);
      case ROLE_SWAPPED -> allAnswered && !open.contains(DriftKind.ROLE_MISMATCH);
      case UPSTREAM_MISMATCH -> allAnswered && hasLeader(open);
      case DIVERGED, TIMELINE_FORK, REPLICATION_LOOP, ORPHANED_REPLICA ->
          allAnswered && members.stream().allMatch(InstanceView::tellsItsUpstream);
      case DELAY_MISMATCH ->
          allAnswered && members.stream().allMatch(InstanceView::tellsItsSettings);
      case COMMITS_BLOCKED, SYNC_STANDBY_MISSING ->
          allAnswered
              && members.stream()
                  .allMatch(member -> member.tellsItsSurvey() && member.tellsItsDownstreams());
      case PRIMARY_READ_ONLY, ARCHIVING_FAILS ->
          allAnswered && members.stream().allMatch(InstanceView::tellsItsSurvey);
      case PARAMETERS_TOO_LOW ->
          allAnswered && hasLeader(open) && members.stream().allMatch(InstanceView::tellsItsSurvey);
      case TIMELINE_BEHIND ->
          allAnswered
              && members.stream()
                  .allMatch(member -> member.tellsItsSurvey() && member.tellsItsUpstream());
      case MULTIPLE_PRIMARIES,
          FOREIGN_SYSTEM_ID,
          DUPLICATE_INSTANCE,
          SHARED_ADDRESS,
          IGNORE_RULE_EXPIRED,
          REPLICA_DETACHED,
          REPLAY_PAUSED,
          VERSION_MISMATCH,
          VERSION_MIX,
          ADDRESS_MISMATCH,
          SLOT_LOST,
          SLOT_ORPHANED,
          SLOT_RETAINS_WAL,
          UNDECLARED_INSTANCE ->
          allAnswered;
      case VIP_MISPLACED -> hasLeader(open);
      case REPLICATION_LAG -> allAnswered && hasLeader(open);
      case DATABASE_MISSING, DATABASE_MISMATCH -> scope().judgesDatabases() && hasWitness();
      case DATABASE_UNDECLARED -> scope().judgesUndeclaredDatabases() && hasWitness();
      case DATABASE_ROLE_MISSING, DATABASE_ROLE_MISMATCH -> scope().judgesRoles() && hasWitness();
      case DATABASE_ROLE_UNDECLARED -> scope().judgesUndeclaredRoles() && hasWitness();
    };
  }

  private static boolean hasLeader(Set<DriftKind> open) {
    return open.stream().noneMatch(LEADERLESS::contains);
  }

  private ObjectScope scope() {
    return new ObjectScope(cluster);
  }

  /** Whether a primary told what the cluster holds. */
  private boolean hasWitness() {
    var unknown = unverifiableKinds();
    return !unknown.contains(DriftKind.DATABASE_MISSING)
        && !unknown.contains(DriftKind.DATABASE_ROLE_MISSING);
  }

  private boolean declaresWriter() {
    return cluster.instances().stream()
        .anyMatch(
            instance ->
                instance.role().equals(Optional.of(InstanceRole.PRIMARY))
                    && !instance.isStandbyLeader());
  }
}

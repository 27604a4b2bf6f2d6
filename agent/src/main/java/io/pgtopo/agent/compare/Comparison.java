package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What is declared against what is there. Silence is not agreement: what cannot be judged becomes
 * {@link Drift.Unverifiable}.
 */
public final class Comparison {
  private final Cluster cluster;
  private final Topology live;

  /**
   * The members whose server answered, by what is declared of them, in order of their number; each
   * server once.
   */
  private final Map<Instance, LiveInstance> answering = new LinkedHashMap<>();

  /** The members whose address leads to a server that another address stands for. */
  private final Map<Instance, LiveInstance> doubled = new LinkedHashMap<>();

  /** The members whose address leads to different servers at different times. */
  private final List<Instance> shared = new ArrayList<>();

  private final List<Instance> silent = new ArrayList<>();
  private final List<Drift> drifts = new ArrayList<>();

  private final Optional<AgentIsolation> isolation;
  private final FleetContext fleet;

  /** The members that are not looked at: what only all members could tell is not judged then. */
  private final List<Instance> elsewhere;

  private Comparison(
      Cluster cluster,
      Topology live,
      Optional<AgentIsolation> isolation,
      FleetContext fleet,
      List<Instance> elsewhere) {
    this.fleet = fleet;
    this.elsewhere = elsewhere;
    this.isolation = isolation;
    this.cluster = cluster;
    this.live = live;
    for (var instance : cluster.instances()) {
      if (live.shared().contains(instance.endpoint())) {
        shared.add(instance);
        continue;
      }
      live.at(instance.endpoint())
          .ifPresentOrElse(found -> place(instance, found), () -> silent.add(instance));
    }
  }

  private void place(Instance instance, LiveInstance found) {
    if (live.isServer(found.endpoint())) {
      answering.put(instance, found);
    } else {
      doubled.put(instance, found);
    }
  }

  /** All drifts where nothing is said of how they are to be taken. */
  public static List<Drift> compare(Inventory declared, Topology live) {
    return compare(declared, live, Policy.NONE);
  }

  /** All drifts, in order of kind and subject; at most one of a kind about one subject. */
  public static List<Drift> compare(Inventory declared, Topology live, Policy policy) {
    return compare(declared, live, policy, Set.of());
  }

  /**
   * The same, of a topology that was looked at twice.
   *
   * @param steady endpoints that were in production at the look before, and whose server has not
   *     restarted since
   */
  public static List<Drift> compare(
      Inventory declared, Topology live, Policy policy, Set<Endpoint> steady) {
    var drifts = new TreeMap<Drift.Key, Drift>();
    var isolation = AgentIsolation.of(declared, live);
    var fleet = FleetContext.of(declared, live, policy, steady);
    for (var cluster : declared.clusters()) {
      var found =
          new Comparison(cluster, live, isolation, fleet, elsewhere(cluster, declared)).judge();
      var explained =
          switch (policy.roles(cluster.name())) {
            case INITIAL -> RoleSwap.explain(cluster, found);
            case STRICT -> found;
          };
      explained.forEach(drift -> drifts.putIfAbsent(drift.key(), drift));
    }
    return List.copyOf(drifts.values());
  }

  private static List<Instance> elsewhere(Cluster cluster, Inventory declared) {
    return declared.elsewhere().stream()
        .filter(instance -> instance.cluster().equals(cluster.name()))
        .toList();
  }

  private List<Drift> judge() {
    var family = family();
    answering.forEach((instance, found) -> judgeIdentity(instance, found, family));
    if (family.isEmpty() && !answering.isEmpty()) {
      drifts.add(undecidedFamily());
    }
    silent.forEach(this::judgeSilence);
    doubled.forEach(this::judgeDouble);
    shared.forEach(instance -> drifts.add(new MemberDrift.SharedAddress(instance)));
    answering.forEach(this::judgeRole);
    judgeLeadership();
    var upstreams = new UpstreamComparison(live, leader(family), fleet.declared());
    answering.forEach((instance, found) -> upstreams.judge(instance, found).ifPresent(drifts::add));
    var divergence = new DivergenceComparison(live);
    answering.forEach(
        (instance, found) -> divergence.judge(instance, found).ifPresent(drifts::add));
    var roots = new RootComparison(live);
    answering.forEach((instance, found) -> roots.judge(instance, found).ifPresent(drifts::add));
    answering.forEach(
        (instance, found) -> ReplayComparison.judge(instance, found).forEach(drifts::add));
    judgeServers(family);
    var virtual = new VirtualAddressComparison(cluster, answering, unseen(), leader(family));
    cluster
        .virtualEndpoint()
        .flatMap(
            vip ->
                Optional.ofNullable(live.virtual().get(vip))
                    .flatMap(found -> virtual.judge(vip, found)))
        .ifPresent(drifts::add);
    var undeclared = fleet.undeclared().getOrDefault(cluster.name(), List.of());
    drifts.addAll(
        new UndeclaredComparison(cluster, live, unseen(), fleet.adrift())
            .judge(undeclared, answering));
    drifts.addAll(new ObjectComparison(cluster, live, answering.values()).judge(family));
    return drifts;
  }

  private void judgeServers(Optional<SystemId> family) {
    var servers = new ServerComparison(cluster, live, leader(family), fleet.nodes());
    answering.forEach((instance, found) -> servers.judge(instance, found).forEach(drifts::add));
    VersionComparison.judge(cluster, answering).ifPresent(drifts::add);
    fleet
        .policy()
        .maxLag(cluster.name())
        .map(allowed -> new LagComparison(live, leader(family), allowed))
        .ifPresent(
            lag ->
                answering.forEach(
                    (instance, found) -> lag.judge(instance, found).ifPresent(drifts::add)));
    var synchrony = new SynchronyComparison(cluster);
    answering.forEach((instance, found) -> synchrony.judge(found).ifPresent(drifts::add));
    new SlotComparison(fleet.slotUse(), answering, unseen(), fleet.adrift())
        .judge()
        .forEach(drifts::add);
  }

  /**
   * The family of most members that answered; of several, the declared primary's. Empty if it did
   * not answer either: then nobody knows which half is foreign.
   */
  private Optional<SystemId> family() {
    var counts = new TreeMap<SystemId, Integer>();
    answering.values().forEach(found -> counts.merge(found.systemId(), 1, Integer::sum));
    var most = counts.values().stream().max(Comparator.naturalOrder()).orElse(0);
    var largest =
        counts.entrySet().stream()
            .filter(entry -> entry.getValue().equals(most))
            .map(Map.Entry::getKey)
            .toList();
    return largest.size() == 1
        ? Optional.of(largest.getFirst())
        : cluster
            .primary()
            .flatMap(primary -> Optional.ofNullable(answering.get(primary)))
            .map(LiveInstance::systemId)
            .filter(largest::contains);
  }

  private Drift undecidedFamily() {
    return new Drift.Unverifiable(
        DriftKind.FOREIGN_SYSTEM_ID, Subject.of(cluster), new Reason.NoMajority());
  }

  private void judgeIdentity(Instance instance, LiveInstance found, Optional<SystemId> family) {
    family
        .filter(expected -> !expected.equals(found.systemId()))
        .ifPresent(
            expected ->
                drifts.add(
                    new MemberDrift.ForeignSystemId(
                        instance, found, expected, agreeing(expected))));
  }

  private int agreeing(SystemId systemId) {
    return (int)
        answering.values().stream().filter(found -> found.systemId().equals(systemId)).count();
  }

  private void judgeSilence(Instance instance) {
    var failure = live.unreachable().get(instance.endpoint());
    if (failure == null) {
      drifts.add(unverifiableSilence(instance, new Reason.NotPolled()));
      return;
    }
    if (isolation.isPresent() && AgentIsolation.isCutOff(instance.endpoint(), live)) {
      drifts.add(
          new ClusterDrift.AgentIsolated(
              cluster, isolation.get().silent(), isolation.get().nodes()));
      drifts.add(unverifiableSilence(instance, new Reason.AgentCutOff(failure)));
      return;
    }
    drifts.add(
        new MemberDrift.InstanceUnreachable(
            instance, failure, live.livenessOf(instance.endpoint())));
  }

  private static Drift unverifiableSilence(Instance instance, Reason reason) {
    return new Drift.Unverifiable(DriftKind.INSTANCE_UNREACHABLE, Subject.of(instance), reason);
  }

  private void judgeDouble(Instance instance, LiveInstance found) {
    drifts.add(new MemberDrift.DuplicateInstance(instance, found, live.serverAt(found.endpoint())));
  }

  /** The members of which no server of their own was seen. */
  private List<Instance> unseen() {
    return Stream.of(silent, shared, doubled.keySet(), elsewhere)
        .flatMap(Collection::stream)
        .sorted(Comparator.comparingInt(Instance::seq))
        .toList();
  }

  /** A server that is declared under two names is what either of them says. */
  private void judgeRole(Instance instance, LiveInstance found) {
    var isAsDeclaredElsewhere =
        doubled.entrySet().stream()
            .filter(entry -> live.serverAt(entry.getValue().endpoint()).equals(found.endpoint()))
            .anyMatch(entry -> expectedRole(entry.getKey()).equals(Optional.of(found.role())));
    if (!isAsDeclaredElsewhere) {
      expectedRole(instance)
          .filter(expected -> expected != found.role())
          .ifPresent(expected -> drifts.add(new MemberDrift.RoleMismatch(instance, found)));
    }
  }

  private static Optional<LiveRole> expectedRole(Instance instance) {
    return instance
        .role()
        .map(
            declared ->
                declared == InstanceRole.PRIMARY && !instance.isStandbyLeader()
                    ? LiveRole.PRIMARY
                    : LiveRole.REPLICA);
  }

  private void judgeLeadership() {
    for (var family : families()) {
      var primaries = primariesOf(family);
      if (primaries.size() > 1) {
        drifts.add(new ClusterDrift.MultiplePrimaries(cluster, primaries, moments(primaries)));
      }
    }
    if (declaresWriter() && primaries().isEmpty() && elsewhere.isEmpty()) {
      drifts.add(absentPrimary());
    }
  }

  private ClusterDrift.MultiplePrimaries.Moments moments(List<LiveInstance> primaries) {
    return primaries.stream().map(LiveInstance::endpoint).allMatch(fleet.steady()::contains)
        ? ClusterDrift.MultiplePrimaries.Moments.AT_ONCE
        : ClusterDrift.MultiplePrimaries.Moments.APART;
  }

  private Drift absentPrimary() {
    if (unseen().isEmpty()) {
      return new ClusterDrift.NoPrimary(cluster, List.copyOf(answering.values()));
    }
    return new Drift.Unverifiable(DriftKind.NO_PRIMARY, Subject.of(cluster), unseenPrimary());
  }

  private Reason unseenPrimary() {
    if (silent.size() == cluster.instances().size()) {
      return new Reason.NoMemberAnswered();
    }
    return silent.isEmpty()
        ? new Reason.MembersHidden(names(unseen()))
        : new Reason.MembersSilent(names(silent));
  }

  private static List<String> names(List<Instance> instances) {
    return instances.stream().map(Instance::name).toList();
  }

  /** Whether the cluster should have a primary of its own: a standby cluster should not. */
  private boolean declaresWriter() {
    return cluster.instances().stream()
        .anyMatch(
            instance ->
                instance.role().equals(Optional.of(InstanceRole.PRIMARY))
                    && !instance.isStandbyLeader());
  }

  private Set<SystemId> families() {
    var families = new TreeSet<SystemId>();
    answering.values().forEach(found -> families.add(found.systemId()));
    return families;
  }

  private List<LiveInstance> primaries() {
    return answering.values().stream().filter(found -> found.role() == LiveRole.PRIMARY).toList();
  }

  private List<LiveInstance> primariesOf(SystemId family) {
    return primaries().stream()
        .filter(found -> found.systemId().equals(family))
        .sorted(Comparator.comparing(LiveInstance::endpoint))
        .toList();
  }

  /**
   * Whom replicas without an upstream of their own should follow as things are: the one primary, or
   * the declared leader of a standby cluster. Empty if that cannot be told.
   */
  private Optional<Endpoint> leader(Optional<SystemId> family) {
    var primaries = family.map(this::primariesOf).orElse(List.of());
    if (!elsewhere.isEmpty()) {
      return Optional.empty();
    }
    if (primaries.size() == 1) {
      return Optional.of(primaries.getFirst().endpoint());
    }
    return primaries.isEmpty()
        ? cluster.primary().filter(Instance::isStandbyLeader).map(Instance::endpoint)
        : Optional.empty();
  }
}

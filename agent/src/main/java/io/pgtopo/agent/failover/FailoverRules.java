package io.pgtopo.agent.failover;

import io.pgtopo.agent.advice.Situation;
import io.pgtopo.agent.compare.ComparisonResult;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.topology.WrittenTimes;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Judges whether the primary of a cluster can be replaced, from one moment. */
public final class FailoverRules {
  /** A server that writes leaves what was polled behind. */
  public static final Duration OLDEST = Duration.ofSeconds(30);

  private final Inventory declared;
  private final Topology live;
  private final Function<Cluster, Situation> situations;
  private final Map<Drift.Key, Drift> drifts = new HashMap<>();
  private final Map<Subject, Set<DriftKind>> evaluated;
  private final Map<String, String> zones = new HashMap<>();
  private final Managers managers;
  private final WrittenTimes written;
  private final Duration age;

  /**
   * Of what was seen and compared in one cycle.
   *
   * @param managers what HA managers said by then
   * @param written what primaries had written in polls up to then
   * @param age of that: what is older than {@link #OLDEST} answers nothing
   */
  public FailoverRules(
      Inventory declared,
      Topology live,
      ComparisonResult compared,
      Managers managers,
      WrittenTimes written,
      Duration age) {
    this.declared = declared;
    this.live = live;
    this.situations = Situation.of(declared, live);
    compared.drifts().forEach(drift -> drifts.put(drift.key(), drift));
    this.evaluated = compared.evaluated();
    declared.nodes().forEach(it -> it.zone().ifPresent(zone -> zones.put(it.address(), zone)));
    this.managers = managers;
    this.written = written;
    this.age = age;
  }

  /**
   * Nodes of a cluster, and the zones that have several of them, the one whose loss costs most
   * first.
   */
  public List<NodeLoss> nodes(Cluster cluster) {
    var nodes = cluster.instances().stream().map(it -> it.endpoint().host()).distinct().toList();
    var shared =
        nodes.stream()
            .flatMap(node -> Optional.ofNullable(zones.get(node)).stream())
            .distinct()
            .filter(zone -> nodes.stream().filter(it -> isIn(it, zone)).count() > 1);
    return Stream.concat(
            nodes.stream().map(node -> loss(cluster, node, node::equals)),
            shared.map(zone -> loss(cluster, "zone " + zone, node -> isIn(node, zone))))
        .sorted(NodeLoss.ORDER)
        .toList();
  }

  private boolean isIn(String node, String zone) {
    return zone.equals(zones.get(node));
  }

  private NodeLoss loss(Cluster cluster, String name, Predicate<String> isLost) {
    return loss(
        cluster,
        name,
        cluster.instances().stream().filter(it -> isLost.test(it.endpoint().host())).toList());
  }

  /** The loss of some instances of a cluster. */
  public NodeLoss loss(Cluster cluster, String node, List<Instance> lost) {
    var endpoints = lost.stream().map(Instance::endpoint).collect(Collectors.toSet());
    var outlook = outlook(cluster, new Scenario(Optional.empty(), endpoints));
    var effects =
        outlook
            .scene()
            .map(scene -> new LossRules(scene, lost, () -> readiness(cluster, outlook)).effects())
            .orElse(List.of());
    var unknown =
        outlook.findings().stream()
            .filter(it -> it.failover() != Safety.YES && isBlind(it.concern()))
            .<LossEffect>map(LossEffect.UnknownEffect::new);
    return new NodeLoss(node, lost, Stream.concat(effects.stream(), unknown).toList());
  }

  /** Whether it keeps from seeing what a loss costs. */
  private static boolean isBlind(Concern concern) {
    return !(concern instanceof Concern.OpenDrift) && !(concern instanceof Concern.NotEvaluated);
  }

  /** Of a declared cluster. */
  public Readiness of(Cluster cluster, Scenario scenario) {
    return readiness(cluster, outlook(cluster, scenario));
  }

  /**
   * What is known before any candidate is looked at.
   *
   * @param scene empty if there is no one primary of its own
   */
  private record Outlook(List<Finding> findings, Optional<Scene> scene) {}

  private Outlook outlook(Cluster cluster, Scenario scenario) {
    var situation = situations.apply(cluster);
    if (situation.isSplit()) {
      var several = new Concern.SeveralPrimaries(situation.primaries());
      return new Outlook(List.of(Finding.both(Safety.NO, several)), Optional.empty());
    }
    var findings = new ArrayList<Finding>();
    if (age.compareTo(OLDEST) > 0) {
      findings.add(Finding.both(Safety.UNKNOWN, new Concern.OldPositions(age)));
    }
    unseen(cluster, scenario).ifPresent(findings::add);
    var leader = situation.leader();
    if (leader.isEmpty() || leadsElsewhere(situation)) {
      findings.add(Finding.both(Safety.UNKNOWN, without(situation)));
      return new Outlook(findings, Optional.empty());
    }
    if (!situation.isOurs(leader.get())) {
      findings.add(Finding.both(Safety.UNKNOWN, new Concern.ForeignPrimary(leader.get())));
      return new Outlook(findings, Optional.empty());
    }
    return new Outlook(findings, Optional.of(scene(situation, leader.get(), scenario)));
  }

  private Readiness readiness(Cluster cluster, Outlook outlook) {
    if (outlook.scene().isEmpty()) {
      return new Readiness(cluster, Optional.empty(), outlook.findings(), List.of());
    }
    var scene = outlook.scene().get();
    var findings = new ArrayList<>(outlook.findings());
    findings.addAll(archiving(scene));
    var candidates = scene.candidates().sorted(Candidate.ORDER).toList();
    if (candidates.isEmpty()) {
      findings.add(Finding.note(withoutCandidates(cluster, scene)));
    }
    return new Readiness(cluster, Optional.of(scene.primary()), findings, candidates);
  }

  private Concern withoutCandidates(Cluster cluster, Scene scene) {
    return scene
        .scenario()
        .promoted()
        .<Concern>map(
            it ->
                new Concern.NotPromotable(
                    it, live.at(it.endpoint()).filter(server -> isSeen(it)), scene.primary()))
        .orElseGet(() -> new Concern.NoCandidate(cluster));
  }

  private Scene scene(Situation situation, LiveInstance primary, Scenario scenario) {
    return new Scene(situation, primary, live, drifts, evaluated, managers, written, scenario);
  }

  private static boolean leadsElsewhere(Situation situation) {
    return !situation.cluster().declaresWriter() && situation.outerUpstream().isPresent();
  }

  private static Concern without(Situation situation) {
    return situation.cluster().declaresWriter() && situation.outerUpstream().isEmpty()
        ? new Concern.NoPrimarySeen(situation.cluster())
        : new Concern.FollowsOutside(
            situation.cluster(), situation.outerUpstream().map(ReplicationLink::upstream));
  }

  /** One of these may be a second primary, or have what no other has. */
  private Optional<Finding> unseen(Cluster cluster, Scenario scenario) {
    var unseen =
        Stream.concat(
                cluster.instances().stream().filter(it -> !isSeen(it)),
                declared.elsewhere().stream().filter(it -> it.cluster().equals(cluster.name())))
            .filter(it -> !scenario.isLost(it))
            .sorted(Comparator.comparingInt(Instance::seq))
            .toList();
    return unseen.isEmpty()
        ? Optional.empty()
        : Optional.of(Finding.both(Safety.UNKNOWN, new Concern.UnseenMembers(unseen)));
  }

  private boolean isSeen(Instance instance) {
    var endpoint = instance.endpoint();
    return live.at(endpoint).isPresent()
        && live.isServer(endpoint)
        && !live.shared().contains(endpoint);
  }

  /** WAL that is not archived when the primary ends is missing in the archive for ever. */
  private static List<Finding> archiving(Scene scene) {
    var member =
        scene.situation().cluster().instances().stream()
            .filter(it -> it.endpoint().equals(scene.primary().endpoint()))
            .findFirst();
    if (member.isEmpty()) {
      return List.of();
    }
    var subject = Subject.of(member.get());
    var fails = scene.drift(DriftKind.ARCHIVING_FAILS, subject);
    if (fails.isPresent()) {
      return List.of(new Finding(new Concern.OpenDrift(fails.get()), Safety.NO, Safety.NO));
    }
    return scene.isEvaluated(DriftKind.ARCHIVING_FAILS, subject)
        ? List.of()
        : List.of(
            Finding.both(
                Safety.UNKNOWN, new Concern.NotEvaluated(DriftKind.ARCHIVING_FAILS, member.get())));
  }
}

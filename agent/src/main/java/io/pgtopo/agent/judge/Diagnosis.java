package io.pgtopo.agent.judge;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Impact;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Liveness;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Maintenance;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** The verdict on one cluster. */
final class Diagnosis {
  /** Failures after which it is unknown whether a server runs there at all. */
  private static final Set<Failure.Kind> NO_SERVER =
      EnumSet.of(
          Failure.Kind.REFUSED, Failure.Kind.NO_ROUTE, Failure.Kind.TIMEOUT, Failure.Kind.DNS);

  private final Cluster cluster;
  private final Topology live;
  private final List<JudgedDrift> drifts;
  private final List<LiveInstance> answering;

  /** Those of them that are servers of their own. */
  private final List<LiveInstance> servers;

  /**
   * Of one cluster.
   *
   * @param drifts all that are open in it
   */
  Diagnosis(Cluster cluster, Topology live, List<JudgedDrift> drifts) {
    this.cluster = cluster;
    this.live = live;
    this.drifts =
        drifts.stream()
            .filter(drift -> !(drift.standing() instanceof Standing.Ignored))
            .filter(drift -> drift.tracked().state() != TrackedDrift.State.FLAPPING)
            .toList();
    this.answering =
        cluster.instances().stream()
            .flatMap(instance -> live.at(instance.endpoint()).stream())
            .toList();
    this.servers = answering.stream().filter(found -> live.isServer(found.endpoint())).toList();
  }

  /**
   * The verdict.
   *
   * @param maintenance of the cluster as a whole
   */
  Verdict verdict(Optional<Maintenance> maintenance) {
    return new Verdict(
        cluster.name(),
        sync(),
        maintenance.isPresent() ? Verdict.Health.SUSPENDED : health(),
        causes());
  }

  /** What is being worked on differs all the same. */
  private Verdict.Sync sync() {
    if (drifts.stream().map(Diagnosis::impact).anyMatch(Impact::isDifference)) {
      return Verdict.Sync.DRIFTED;
    }
    return drifts.isEmpty() && !answering.isEmpty() ? Verdict.Sync.IN_SYNC : Verdict.Sync.UNKNOWN;
  }

  private Verdict.Health health() {
    var counting = drifts.stream().filter(JudgedDrift::counts).toList();
    var firing =
        counting.stream()
            .filter(drift -> drift.tracked().state() == TrackedDrift.State.FIRING)
            .toList();
    if (answering.isEmpty()) {
      return withoutAnswer(counting, firing);
    }
    if (firing.stream().map(Diagnosis::impact).anyMatch(Impact::isHarm)) {
      return Verdict.Health.DEGRADED;
    }
    if (firing.stream().anyMatch(Diagnosis::isHidden)) {
      return Verdict.Health.UNKNOWN;
    }
    return counting.stream().anyMatch(drift -> impact(drift).isHarm() || isHidden(drift))
        ? Verdict.Health.PROGRESSING
        : Verdict.Health.HEALTHY;
  }

  private Verdict.Health withoutAnswer(List<JudgedDrift> counting, List<JudgedDrift> firing) {
    var isNoServerThere =
        cluster.instances().stream()
            .map(instance -> Optional.ofNullable(live.unreachable().get(instance.endpoint())))
            .allMatch(
                failure -> failure.map(Failure::kind).filter(NO_SERVER::contains).isPresent());
    var isAnyAlive =
        cluster.instances().stream()
            .map(instance -> live.livenessOf(instance.endpoint()).liveness())
            .anyMatch(verdict -> verdict == Liveness.ALIVE);
    var isIsolated = has(ClusterDrift.AgentIsolated.class).findAny().isPresent();
    if (!isNoServerThere || isAnyAlive || isIsolated || counting.isEmpty()) {
      return Verdict.Health.UNKNOWN;
    }
    return firing.isEmpty() ? Verdict.Health.PROGRESSING : Verdict.Health.MISSING;
  }

  /** What is only info does no harm. */
  private static Impact impact(JudgedDrift drift) {
    var impact = drift.drift().kind().impact();
    return drift.severity() == Severity.INFO && impact == Impact.HARMS ? Impact.DIFFERS : impact;
  }

  /** Whether it leaves open whether the cluster is well. */
  private static boolean isHidden(JudgedDrift drift) {
    return drift.drift() instanceof Drift.Unverifiable unknown
        ? unknown.about().impact() != Impact.DIFFERS
        : impact(drift).isBlind();
  }

  private List<Cause> causes() {
    var suspect = hasPrimary() ? Optional.<MemberDrift.InstanceUnreachable>empty() : suspect();
    return Stream.<Stream<? extends Cause>>of(
            has(ClusterDrift.AgentIsolated.class)
                .map(drift -> new Cause.AgentIsolated(drift.silent(), drift.nodes())),
            has(ClusterDrift.MultiplePrimaries.class)
                .map(drift -> new Cause.SplitBrain(drift.relation(), drift.primaries().size())),
            has(ClusterDrift.NoPrimary.class).map(none -> new Cause.NoPrimary()),
            suspect.stream().map(this::absence),
            unknownPrimary(suspect),
            blocked(),
            allDetached(),
            intermediates(suspect),
            partialView())
        .<Cause>flatMap(Function.identity())
        .toList();
  }

  private <T extends Drift> Stream<T> has(Class<T> type) {
    return present().map(JudgedDrift::drift).filter(type::isInstance).map(type::cast);
  }

  /** Without those that are open only because one poll may be wrong: they explain nothing now. */
  private Stream<JudgedDrift> present() {
    return drifts.stream()
        .filter(drift -> drift.tracked().presence() != TrackedDrift.Presence.MISSED);
  }

  private boolean hasPrimary() {
    return servers.stream().anyMatch(found -> found.role() == LiveRole.PRIMARY);
  }

  /** The silent member that may be the primary: the declared one, otherwise one with standbys. */
  private Optional<MemberDrift.InstanceUnreachable> suspect() {
    var silent = has(MemberDrift.InstanceUnreachable.class).toList();
    return silent.stream()
        .filter(drift -> drift.instance().isWriter())
        .findFirst()
        .or(
            () ->
                cluster.declaresWriter()
                    ? silent.stream()
                        .filter(drift -> !drift.reported().replicas().isEmpty())
                        .findFirst()
                    : Optional.empty());
  }

  private Cause absence(MemberDrift.InstanceUnreachable silent) {
    return new Cause.PrimaryAbsent(
        silent.instance().name(),
        silent.reported().liveness(),
        answering.size(),
        cluster.instances().size() - 1);
  }

  /** A silent suspect has a code of its own. */
  private Stream<Cause> unknownPrimary(Optional<MemberDrift.InstanceUnreachable> suspect) {
    return suspect.isPresent()
        ? Stream.empty()
        : has(Drift.Unverifiable.class)
            .filter(unknown -> unknown.about() == DriftKind.NO_PRIMARY)
            .map(unknown -> new Cause.PrimaryUnknown(unknown.reason()));
  }

  private Stream<Cause> blocked() {
    return present()
        .filter(drift -> drift.drift().kind() == DriftKind.COMMITS_BLOCKED)
        .map(drift -> new Cause.SyncBlocked(drift.drift().subject()));
  }

  private Stream<Cause> allDetached() {
    var replicas = servers.stream().filter(found -> found.role() == LiveRole.REPLICA).toList();
    var detached =
        has(ReplicationDrift.ReplicaDetached.class).map(drift -> drift.live().endpoint()).toList();
    return hasPrimary()
            && !replicas.isEmpty()
            && replicas.stream().map(LiveInstance::endpoint).allMatch(detached::contains)
        ? Stream.of(new Cause.AllDetached(replicas.size()))
        : Stream.empty();
  }

  private Stream<Cause> intermediates(Optional<MemberDrift.InstanceUnreachable> suspect) {
    var names =
        has(MemberDrift.InstanceUnreachable.class)
            .filter(silent -> !suspect.equals(Optional.of(silent)))
            .filter(silent -> silent.reported().liveness() == Liveness.LOST)
            .filter(this::isIntermediate)
            .map(silent -> silent.instance().name())
            .toList();
    return names.isEmpty() ? Stream.empty() : Stream.of(new Cause.IntermediatesDead(names));
  }

  /**
   * Whether it was no primary: one whose replicas are on an older timeline than the primary was one
   * before a failover.
   */
  private boolean isIntermediate(MemberDrift.InstanceUnreachable silent) {
    var newest =
        servers.stream()
            .filter(found -> found.role() == LiveRole.PRIMARY)
            .mapToInt(found -> found.facts().timeline().id())
            .max()
            .orElse(0);
    return silent.reported().replicas().stream()
        .flatMap(replica -> live.at(replica).stream())
        .anyMatch(replica -> replica.facts().timeline().id() >= newest);
  }

  private Stream<Cause> partialView() {
    var members = cluster.instances().size();
    return answering.size() == members
        ? Stream.empty()
        : Stream.of(new Cause.PartialView(answering.size(), members));
  }
}

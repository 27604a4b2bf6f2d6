package io.pgtopo.agent.judge;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Impact;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.Reason;
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
import java.util.stream.Collectors;
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
        drifts.stream().filter(drift -> !(drift.standing() instanceof Standing.Ignored)).toList();
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

  private List<Verdict.Cause> causes() {
    var suspect = hasPrimary() ? Optional.<MemberDrift.InstanceUnreachable>empty() : suspect();
    return Stream.of(
            has(ClusterDrift.AgentIsolated.class).map(Diagnosis::isolated),
            has(ClusterDrift.MultiplePrimaries.class).map(Diagnosis::splitBrain),
            has(ClusterDrift.NoPrimary.class).map(none -> cause(Verdict.Code.NO_PRIMARY, "")),
            suspect.stream().map(this::absence),
            unknownPrimary(suspect),
            blocked(),
            allDetached(),
            intermediates(suspect),
            partialView())
        .flatMap(Function.identity())
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

  private static Verdict.Cause cause(Verdict.Code code, String detail) {
    return new Verdict.Cause(code, detail);
  }

  private static Verdict.Cause isolated(ClusterDrift.AgentIsolated isolated) {
    return cause(
        Verdict.Code.AGENT_ISOLATED,
        "%d of all %d nodes are silent".formatted(isolated.silent(), isolated.nodes()));
  }

  private static Verdict.Cause splitBrain(ClusterDrift.MultiplePrimaries multiple) {
    var code =
        switch (multiple.relation()) {
          case DIVERGED -> Verdict.Code.SPLIT_BRAIN_DIVERGED;
          case TWIN -> Verdict.Code.SPLIT_BRAIN_TWINS;
          case UNDETERMINED -> Verdict.Code.SPLIT_BRAIN_UNDETERMINED;
          case ZOMBIE -> Verdict.Code.SPLIT_BRAIN_ZOMBIE;
        };
    return cause(code, multiple.primaries().size() + " primaries");
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

  private Verdict.Cause absence(MemberDrift.InstanceUnreachable silent) {
    var code =
        switch (silent.reported().liveness()) {
          case LOST -> Verdict.Code.PRIMARY_DEAD;
          case ALIVE -> Verdict.Code.PRIMARY_UNREACHABLE_BUT_ALIVE;
          case UNKNOWN -> Verdict.Code.PRIMARY_SILENT;
        };
    var others = cluster.instances().size() - 1;
    return cause(
        code,
        others == 0
            ? silent.instance().name() + ", without a replica"
            : "%s; %d of %d others answer"
                .formatted(silent.instance().name(), answering.size(), others));
  }

  /** A silent suspect has a code of its own. */
  private Stream<Verdict.Cause> unknownPrimary(Optional<MemberDrift.InstanceUnreachable> suspect) {
    return suspect.isPresent()
        ? Stream.empty()
        : has(Drift.Unverifiable.class)
            .filter(unknown -> unknown.about() == DriftKind.NO_PRIMARY)
            .map(unknown -> cause(Verdict.Code.PRIMARY_UNKNOWN, unseen(unknown.reason())));
  }

  private static String unseen(Reason reason) {
    return switch (reason) {
      case Reason.NoMemberAnswered() -> "no member answered";
      case Reason.MembersSilent(var members, var answers) ->
          Stream.concat(
                  Stream.of(String.join(", ", members) + " did not answer")
                      .filter(text -> !members.isEmpty()),
                  answers.stream())
              .collect(Collectors.joining(", "));
      case Reason.MembersHidden(var members) ->
          String.join(", ", members) + " not seen as a server of its own";
      default -> "";
    };
  }

  private Stream<Verdict.Cause> blocked() {
    return present()
        .filter(drift -> drift.drift().kind() == DriftKind.COMMITS_BLOCKED)
        .map(drift -> cause(Verdict.Code.SYNC_BLOCKED, drift.drift().subject().toString()));
  }

  private Stream<Verdict.Cause> allDetached() {
    var replicas = servers.stream().filter(found -> found.role() == LiveRole.REPLICA).toList();
    var detached =
        has(ReplicationDrift.ReplicaDetached.class).map(drift -> drift.live().endpoint()).toList();
    return hasPrimary()
            && !replicas.isEmpty()
            && replicas.stream().map(LiveInstance::endpoint).allMatch(detached::contains)
        ? Stream.of(cause(Verdict.Code.ALL_REPLICAS_DETACHED, replicas.size() + " of them"))
        : Stream.empty();
  }

  private Stream<Verdict.Cause> intermediates(Optional<MemberDrift.InstanceUnreachable> suspect) {
    var names =
        has(MemberDrift.InstanceUnreachable.class)
            .filter(silent -> !suspect.equals(Optional.of(silent)))
            .filter(silent -> silent.reported().liveness() == Liveness.LOST)
            .map(silent -> silent.instance().name())
            .collect(Collectors.joining(", "));
    return names.isEmpty()
        ? Stream.empty()
        : Stream.of(cause(Verdict.Code.INTERMEDIATE_DEAD, names));
  }

  private Stream<Verdict.Cause> partialView() {
    var members = cluster.instances();
    return answering.size() == members.size()
        ? Stream.empty()
        : Stream.of(
            cause(
                Verdict.Code.PARTIAL_VIEW,
                "%d of %d answered".formatted(answering.size(), members.size())));
  }
}

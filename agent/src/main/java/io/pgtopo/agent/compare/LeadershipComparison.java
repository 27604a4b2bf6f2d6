package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.config.model.Instance;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether a cluster has exactly one primary. */
final class LeadershipComparison {
  private LeadershipComparison() {}

  static Evaluation evaluate(ClusterContext cluster) {
    return Evaluation.merged(Stream.of(multiplePrimaries(cluster), noPrimary(cluster)));
  }

  /** Another one may be among the members that were not seen. */
  private static Evaluation multiplePrimaries(ClusterContext cluster) {
    var members = cluster.members();
    var kinds =
        cluster.isWhole()
            ? EnumSet.of(DriftKind.MULTIPLE_PRIMARIES)
            : EnumSet.noneOf(DriftKind.class);
    var subject = Subject.of(cluster.cluster());
    var primaries = members.primaries();
    var proven =
        primaries.stream()
            .map(LiveInstance::proven)
            .distinct()
            .sorted()
            .map(
                origin ->
                    primaries.stream()
                        .filter(found -> found.proven().equals(origin))
                        .sorted(Comparator.comparing(LiveInstance::endpoint))
                        .toList())
            .filter(several -> several.size() > 1)
            .<Drift>map(
                several ->
                    new ClusterDrift.MultiplePrimaries(
                        cluster.cluster(), several, moments(several, cluster)))
            .toList();
    return proven.isEmpty() && mayBeCopies(primaries)
        ? Evaluation.unverifiable(
            DriftKind.MULTIPLE_PRIMARIES, subject, SystemIdComparison.hidden(primaries.stream()))
        : Evaluation.of(kinds, subject, proven);
  }

  /** Whether two primaries may be copies of one cluster, although that is hidden. */
  private static boolean mayBeCopies(List<LiveInstance> primaries) {
    return primaries.stream()
        .anyMatch(
            one ->
                primaries.stream()
                    .anyMatch(
                        other ->
                            !one.equals(other) && !one.isCopyOf(other) && !one.isForeignTo(other)));
  }

  private static ClusterDrift.MultiplePrimaries.Moments moments(
      List<LiveInstance> primaries, ClusterContext cluster) {
    return primaries.stream()
            .map(LiveInstance::endpoint)
            .allMatch(cluster.fleet().earlier().steady()::contains)
        ? ClusterDrift.MultiplePrimaries.Moments.AT_ONCE
        : ClusterDrift.MultiplePrimaries.Moments.APART;
  }

  private static Evaluation noPrimary(ClusterContext cluster) {
    var members = cluster.members();
    var hasPrimary = !members.primaries().isEmpty();
    if (!cluster.cluster().declaresWriter() || (!hasPrimary && !members.elsewhere().isEmpty())) {
      return Evaluation.NOTHING;
    }
    var subject = Subject.of(cluster.cluster());
    if (!hasPrimary && !cluster.isWhole()) {
      return Evaluation.unverifiable(DriftKind.NO_PRIMARY, subject, unseenPrimary(cluster));
    }
    return Evaluation.of(
        DriftKind.NO_PRIMARY,
        subject,
        hasPrimary
            ? Optional.empty()
            : Optional.of(
                new ClusterDrift.NoPrimary(
                    cluster.cluster(),
                    List.copyOf(members.answering().values()),
                    members.answering().values().stream()
                        .filter(replica -> replays(replica, cluster.fleet().earlier()))
                        .toList())));
  }

  private static boolean replays(LiveInstance replica, EarlierPoll earlier) {
    var before =
        earlier
            .topology()
            .flatMap(topology -> topology.at(replica.endpoint()))
            .flatMap(Positions::replayed);
    return replica.upstream() instanceof LiveUpstream.Detached
        && Positions.replayed(replica)
            .filter(now -> before.filter(then -> now.compareTo(then) > 0).isPresent())
            .isPresent();
  }

  private static Reason unseenPrimary(ClusterContext cluster) {
    var silent = cluster.members().silent();
    var missed =
        silent.stream().filter(member -> cluster.live().isMissed(member.endpoint())).toList();
    if (!missed.isEmpty()) {
      return new Reason.AgentFailed(
          names(missed),
          Objects.requireNonNull(cluster.live().unreachable().get(missed.getFirst().endpoint())));
    }
    if (silent.size() == cluster.cluster().instances().size()) {
      return new Reason.NoMemberAnswered();
    }
    return silent.isEmpty()
        ? new Reason.MembersHidden(names(cluster.members().unseen()))
        : new Reason.MembersSilent(
            names(silent.stream().filter(member -> answer(member, cluster).isEmpty()).toList()),
            silent.stream()
                .flatMap(
                    member ->
                        answer(member, cluster).stream()
                            .map(kind -> member.name() + " answered: " + kind.label()))
                .toList());
  }

  /** What a server that gives no facts answered; it runs. */
  private static Optional<Failure.Kind> answer(Instance silent, ClusterContext cluster) {
    return Optional.ofNullable(cluster.live().unreachable().get(silent.endpoint()))
        .map(Failure::kind)
        .filter(Failure.Kind::isAnswer);
  }

  private static List<String> names(List<Instance> instances) {
    return instances.stream().map(Instance::name).toList();
  }
}

package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Instance;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Whether each member answered, as a server of its own. */
final class ReachabilityComparison {
  private static final Set<DriftKind> OF_ONE_THAT_ANSWERED =
      EnumSet.of(
          DriftKind.INSTANCE_UNREACHABLE,
          DriftKind.CONNECTIONS_REFUSED,
          DriftKind.DUPLICATE_INSTANCE,
          DriftKind.SHARED_ADDRESS);

  private ReachabilityComparison() {}

  static Evaluation evaluate(ClusterContext cluster) {
    var members = cluster.members();
    var answering =
        cluster.each(
            (instance, found) ->
                Evaluation.of(
                    OF_ONE_THAT_ANSWERED,
                    Subject.of(instance),
                    Stream.<Drift>concat(
                            found.refusal().stream()
                                .map(
                                    failure ->
                                        new MemberDrift.ConnectionsRefused(
                                            instance, found, failure)),
                            standIn(instance, found, cluster).stream())
                        .toList()));
    var doubled =
        members.doubled().entrySet().stream()
            .map(
                member ->
                    Evaluation.of(
                        EnumSet.of(DriftKind.DUPLICATE_INSTANCE, DriftKind.SHARED_ADDRESS),
                        Subject.of(member.getKey()),
                        List.of(
                            new MemberDrift.DuplicateInstance(
                                member.getKey(),
                                member.getValue(),
                                cluster.live().serverAt(member.getKey().endpoint()),
                                MemberDrift.DuplicateInstance.Proof.BOTH_ANSWERED))));
    var shared =
        members.shared().stream()
            .map(
                instance ->
                    Evaluation.of(
                        DriftKind.SHARED_ADDRESS,
                        Subject.of(instance),
                        Optional.of(new MemberDrift.SharedAddress(instance))));
    var silent = members.silent().stream().map(instance -> silent(instance, cluster));
    var restarting =
        Stream.concat(members.answering().keySet().stream(), members.silent().stream())
            .map(instance -> restarting(instance, cluster));
    return Evaluation.merged(
        Stream.of(Stream.of(isolation(cluster), answering), doubled, shared, silent, restarting)
            .flatMap(all -> all));
  }

  private static Optional<Drift> standIn(
      Instance instance, LiveInstance found, ClusterContext cluster) {
    return Optional.ofNullable(cluster.live().standIns().get(instance.endpoint()))
        .filter(owner -> !owner.equals(instance.endpoint()))
        .map(
            owner ->
                new MemberDrift.DuplicateInstance(
                    instance,
                    found,
                    owner,
                    MemberDrift.DuplicateInstance.Proof.ITS_OWN_ADDRESS_IS_SILENT));
  }

  /** Where the start of its processes is hidden, that they do not restart is not known. */
  private static Evaluation restarting(Instance instance, ClusterContext cluster) {
    var loop = cluster.fleet().earlier().past().restarts().loop(instance);
    var isKnown =
        cluster
            .live()
            .at(instance.endpoint())
            .flatMap(found -> found.facts().time().checkpointerStartedAt())
            .isPresent();
    return isKnown || loop.isPresent()
        ? Evaluation.of(DriftKind.RESTART_LOOP, Subject.of(instance), loop)
        : Evaluation.NOTHING;
  }

  private static Evaluation isolation(ClusterContext cluster) {
    return Evaluation.of(
        DriftKind.AGENT_ISOLATED,
        Subject.of(cluster.cluster()),
        cluster
            .fleet()
            .isolation()
            .filter(
                isolation ->
                    cluster.members().silent().stream().anyMatch(it -> isCutOff(it, cluster)))
            .map(
                isolation ->
                    new ClusterDrift.AgentIsolated(
                        cluster.cluster(), isolation.silent(), isolation.nodes())));
  }

  private static boolean isCutOff(Instance silent, ClusterContext cluster) {
    return AgentIsolation.isCutOff(silent.endpoint(), cluster.live());
  }

  private static Evaluation silent(Instance instance, ClusterContext cluster) {
    var live = cluster.live();
    var failure = live.unreachable().get(instance.endpoint());
    if (failure == null) {
      return unverifiable(instance, new Reason.NotPolled());
    }
    if (live.isMissed(instance.endpoint())) {
      return unverifiable(instance, new Reason.AgentFailed(List.of(instance.name()), failure));
    }
    if (cluster.fleet().isolation().isPresent() && isCutOff(instance, cluster)) {
      return unverifiable(instance, new Reason.AgentCutOff(failure));
    }
    return Evaluation.of(
        DriftKind.INSTANCE_UNREACHABLE,
        Subject.of(instance),
        Optional.of(
            new MemberDrift.InstanceUnreachable(
                instance, failure, live.livenessOf(instance.endpoint()))));
  }

  private static Evaluation unverifiable(Instance instance, Reason reason) {
    return Evaluation.unverifiable(DriftKind.INSTANCE_UNREACHABLE, Subject.of(instance), reason);
  }
}

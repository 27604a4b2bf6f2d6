package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.drift.UndeclaredServer;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The undeclared servers of one cluster. */
final class UndeclaredComparison {
  private final Cluster cluster;
  private final Topology live;
  private final List<Instance> unseen;

  private final List<Instance> adrift;

  private UndeclaredComparison(ClusterContext context) {
    this.adrift = context.fleet().adrift();
    this.cluster = context.cluster();
    this.live = context.live();
    this.unseen = context.members().unseen();
  }

  /** An undeclared server may replicate from a member that was not seen. */
  static Evaluation evaluate(ClusterContext context) {
    var undeclared = context.fleet().undeclared().getOrDefault(context.cluster().name(), List.of());
    return Evaluation.of(
        context.isWhole()
            ? EnumSet.of(DriftKind.UNDECLARED_INSTANCE)
            : EnumSet.noneOf(DriftKind.class),
        Subject.of(context.cluster()),
        new UndeclaredComparison(context).compare(undeclared, context.members().answering()));
  }

  private List<Drift> compare(
      List<UndeclaredServer> undeclared, Map<Instance, LiveInstance> answering) {
    if (undeclared.isEmpty()) {
      return List.of();
    }
    var silent = silent();
    var unplaced = unplaced(silent, answering);
    return undeclared.stream()
        .map(found -> drift(found, found.live().isPresent() ? silent : unplaced))
        .toList();
  }

  /** Declared instances that any server might be: they did not answer, and no server shows them. */
  private List<String> silent() {
    var silentLeaders =
        elsewhere()
            .filter(Instance::isStandbyLeader)
            .filter(instance -> live.at(instance.endpoint()).isEmpty());
    return Stream.concat(unseen.stream(), silentLeaders)
        .filter(
            instance ->
                live.clusters().values().stream()
                    .allMatch(cluster -> cluster.linkTo(instance.endpoint()).isEmpty()))
        .map(Instance::name)
        .distinct()
        .sorted()
        .toList();
  }

  /** Declared instances that an undeclared server might be: they did not report what they are. */
  private List<String> unplaced(List<String> silent, Map<Instance, LiveInstance> answering) {
    var hidden =
        Stream.concat(answering.keySet().stream(), elsewhere())
            .filter(this::isHidden)
            .map(Instance::name);
    return Stream.concat(silent.stream(), hidden).distinct().sorted().toList();
  }

  private Stream<Instance> elsewhere() {
    return adrift.stream().filter(instance -> !instance.cluster().equals(cluster.name()));
  }

  private boolean isHidden(Instance instance) {
    return live.at(instance.endpoint())
        .filter(found -> found.upstream() instanceof LiveUpstream.Hidden)
        .isPresent();
  }

  private static Drift drift(UndeclaredServer found, List<String> candidates) {
    var undeclared = new Drift.UndeclaredInstance(found);
    return Optional.of(candidates)
        .filter(names -> !names.isEmpty())
        .<Reason>map(Reason.MayBeDeclared::new)
        .or(() -> hiddenKind(found))
        .<Drift>map(
            reason ->
                new Drift.Unverifiable(DriftKind.UNDECLARED_INSTANCE, undeclared.subject(), reason))
        .orElse(undeclared);
  }

  /** Of a client whose row is hidden it is unknown whether it replays what it receives. */
  private static Optional<Reason> hiddenKind(UndeclaredServer found) {
    return found
        .link()
        .filter(link -> found.live().isEmpty() && link.receiver().isEmpty())
        .flatMap(ReplicationLink::sender)
        .map(WalSender::stream)
        .flatMap(
            row ->
                row instanceof Reading.Denied<WalSender.Stream>(var reason)
                    ? Optional.of(new Reason.Hidden(Reason.Hidden.What.CLIENT, reason))
                    : Optional.empty());
  }
}

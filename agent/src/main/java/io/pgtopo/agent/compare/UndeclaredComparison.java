package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.drift.UndeclaredServer;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Peer;
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
    return undeclared.stream()
        .map(
            found ->
                drift(
                    found, found.live().isPresent() ? silent : unplaced(found, silent, answering)))
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
  private List<String> unplaced(
      UndeclaredServer found, List<String> silent, Map<Instance, LiveInstance> answering) {
    var hidden =
        Stream.of(answering.keySet().stream(), unseen.stream(), elsewhere())
            .flatMap(all -> all)
            .filter(instance -> isHidden(instance) || mayBeItsWalSender(found, instance))
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

  /**
   * Whether a walsender has the name that a member announces, whose walreceiver dials an address
   * that leads to no known server: that both ends are one connection is known by their starts
   * alone, and not if a clock was set since. Or whether a silent member has another one of the same
   * name and from the same host: one of both is an earlier connection, which it alone could tell.
   */
  private boolean mayBeItsWalSender(UndeclaredServer found, Instance instance) {
    return found
        .link()
        .flatMap(ReplicationLink::sender)
        .filter(
            row ->
                live.clusters().values().stream()
                    .flatMap(copies -> copies.linkTo(instance.endpoint()).stream())
                    .anyMatch(link -> mayBelongTo(link, row)))
        .isPresent();
  }

  private static boolean mayBelongTo(ReplicationLink link, WalSender row) {
    return link.receiver()
        .map(
            own ->
                link.upstream() instanceof Peer.Unknown
                    && own.applicationName().equals(row.applicationName()))
        .orElseGet(
            () ->
                link.sender()
                    .filter(own -> own.applicationName().equals(row.applicationName()))
                    .filter(own -> clientHost(own).equals(clientHost(row)))
                    .isPresent());
  }

  private static Optional<String> clientHost(WalSender row) {
    return row.stream().ifSeen().flatMap(WalSender.Stream::clientAddress).map(HostPort::host);
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

package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Streaming;
import io.pgtopo.config.model.Instance;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether the primary of a cluster has a standby left. What is found of each member decides, and
 * what the primary shows of the standbys that no member is.
 */
final class Redundancy {
  /** With any of these a member gets no WAL of the primary. */
  private static final Set<DriftKind> LOSSES =
      EnumSet.of(
          DriftKind.FOREIGN_SYSTEM_ID,
          DriftKind.INSTANCE_UNREACHABLE,
          DriftKind.REPLICA_DETACHED,
          DriftKind.ORPHANED_REPLICA);

  private final ClusterContext cluster;
  private final LiveInstance primary;
  private final Evaluation found;

  private Redundancy(ClusterContext cluster, LiveInstance primary, Evaluation found) {
    this.cluster = cluster;
    this.primary = primary;
    this.found = found;
  }

  /** What was found in a cluster, with one statement for all its replicas if none is left. */
  static Evaluation explain(ClusterContext context, Evaluation found) {
    return context
        .leader()
        .flatMap(context.live()::at)
        .filter(leader -> leader.role() == LiveRole.PRIMARY)
        .map(primary -> new Redundancy(context, primary, found).evaluate())
        .map(redundancy -> Evaluation.merged(Stream.of(found, redundancy)))
        .orElse(found);
  }

  private Evaluation evaluate() {
    var replicas =
        cluster.cluster().instances().stream()
            .filter(instance -> !instance.endpoint().equals(primary.endpoint()))
            .toList();
    if (replicas.isEmpty()) {
      return Evaluation.NOTHING;
    }
    var losses = new LinkedHashSet<Drift>();
    var others = new ArrayList<Instance>();
    for (var replica : replicas) {
      loss(replica).ifPresentOrElse(losses::add, () -> others.add(replica));
    }
    if (hasStandby() || others.stream().anyMatch(this::isWell)) {
      return evaluation(Optional.empty());
    }
    if (!others.isEmpty()) {
      return Evaluation.NOTHING;
    }
    return hidden()
        .map(
            reason ->
                Evaluation.unverifiable(
                    DriftKind.NO_STANDBY,
                    Subject.of(cluster.cluster()),
                    new Reason.Hidden(Reason.Hidden.What.FACT, reason)))
        .orElseGet(
            () ->
                evaluation(
                    Optional.of(
                        new ClusterDrift.NoStandby(
                            cluster.cluster(), primary, replicas.size(), List.copyOf(losses)))));
  }

  private Evaluation evaluation(Optional<Drift> drift) {
    return Evaluation.of(DriftKind.NO_STANDBY, Subject.of(cluster.cluster()), drift);
  }

  private Optional<Drift> loss(Instance replica) {
    return found.drifts().stream().filter(drift -> isLoss(drift, replica)).findFirst();
  }

  private static boolean isLoss(Drift drift, Instance replica) {
    return drift instanceof ReplicationDrift.ReplicationLoop loop
        ? loop.links().stream()
            .map(ReplicationLink::downstream)
            .anyMatch(new Peer.Known(replica.endpoint())::equals)
        : LOSSES.contains(drift.kind()) && drift.subject().equals(Subject.of(replica));
  }

  /** Whether it gets WAL, if from an archive alone. */
  private boolean isWell(Instance replica) {
    return found.isEvaluated(DriftKind.REPLICA_DETACHED, Subject.of(replica));
  }

  /** Whether a standby gets WAL from the primary, as far as the primary does not hide it. */
  private boolean hasStandby() {
    return cluster.live().clusterOf(primary).links().stream()
        .filter(link -> link.upstream().equals(new Peer.Known(primary.endpoint())))
        .filter(link -> link.sender().flatMap(row -> row.stream().ifSeen()).isPresent())
        .anyMatch(
            link ->
                (Streaming.of(link, cluster.live()) != Streaming.NO && !isStalled(link))
                    || (link.receiver().isEmpty() && isCatchingUp(link)));
  }

  private boolean isStalled(ReplicationLink link) {
    var deliveries = cluster.fleet().earlier().past().deliveries();
    return link.downstream().ifKnown().flatMap(deliveries::why).isPresent();
  }

  private static boolean isCatchingUp(ReplicationLink link) {
    return link.sender()
        .flatMap(row -> row.stream().ifSeen())
        .filter(stream -> stream.state() == WalSender.State.CATCHUP)
        .isPresent();
  }

  private Optional<String> hidden() {
    var replication = primary.facts().replication();
    return replication.senders() instanceof Reading.Denied<List<WalSender>>(var reason)
        ? Optional.of(reason)
        : replication.walSenders().stream()
            .flatMap(
                row ->
                    row.stream() instanceof Reading.Denied<WalSender.Stream>(var reason)
                        ? Stream.of(reason)
                        : Stream.empty())
            .findFirst();
  }
}

package io.pgtopo.agent.drift;

import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.Cluster;
import io.pgtopo.config.Instance;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Who replicates from one cluster without being declared. */
final class UndeclaredComparison {
  private final Cluster cluster;
  private final Topology live;
  private final List<Instance> unseen;

  private final List<Instance> adrift;

  /**
   * Of one cluster.
   *
   * @param unseen members of which no server of their own was seen
   * @param adrift instances of all clusters whose place is not known: a standby cluster replicates
   *     from this one
   */
  UndeclaredComparison(
      Cluster cluster, Topology live, List<Instance> unseen, List<Instance> adrift) {
    this.adrift = adrift;
    this.cluster = cluster;
    this.live = live;
    this.unseen = unseen;
  }

  List<Drift> judge(Map<Instance, LiveInstance> answering) {
    var strangers = answering.values().stream().flatMap(this::strangersBehind).toList();
    if (strangers.isEmpty()) {
      return List.of();
    }
    var unplaced = unplaced(answering);
    return strangers.stream().map(link -> drift(link, unplaced)).toList();
  }

  private Stream<ReplicationLink> strangersBehind(LiveInstance upstream) {
    var peer = new Peer.Known(upstream.endpoint());
    return live.familyOf(upstream).links().stream()
        .filter(link -> link.upstream().equals(peer))
        .filter(link -> link.downstream() instanceof Peer.Stranger);
  }

  /** Declared instances that a stranger might be: their own word is not known. */
  private List<String> unplaced(Map<Instance, LiveInstance> answering) {
    var silentLeaders =
        elsewhere()
            .filter(Instance::isStandbyLeader)
            .filter(instance -> live.at(instance.endpoint()).isEmpty());
    var unlinked =
        Stream.concat(unseen.stream(), silentLeaders)
            .filter(
                instance ->
                    live.clusters().values().stream()
                        .allMatch(family -> family.linkTo(instance.endpoint()).isEmpty()));
    var hidden = Stream.concat(answering.keySet().stream(), elsewhere()).filter(this::isHidden);
    return Stream.concat(unlinked, hidden).map(Instance::name).distinct().sorted().toList();
  }

  private Stream<Instance> elsewhere() {
    return adrift.stream().filter(instance -> !instance.cluster().equals(cluster.name()));
  }

  private boolean isHidden(Instance instance) {
    return live.at(instance.endpoint())
        .filter(found -> found.upstream() instanceof LiveUpstream.Hidden)
        .isPresent();
  }

  private Drift drift(ReplicationLink link, List<String> unplaced) {
    var undeclared = new Drift.UndeclaredInstance(cluster.name(), link);
    if (unplaced.isEmpty()) {
      return undeclared;
    }
    return new Drift.Unverifiable(
        DriftKind.UNDECLARED_INSTANCE,
        undeclared.subject(),
        "it replicates from the cluster, but may be " + String.join(" or ", unplaced));
  }
}

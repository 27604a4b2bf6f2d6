package io.pgtopo.agent.compare;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.topology.Liveness;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether the agent's own network is the likely cause of silence: more than half of all nodes, four
 * at least, in two clusters of which neither follows the other; and no replica lost any of them.
 *
 * @param silent nodes that the network does not lead to
 * @param nodes all of them
 */
record AgentIsolation(int silent, int nodes) {
  private static final int FEWEST = 4;

  /** A node that refuses is reached. */
  private static final Set<Failure.Kind> NETWORK =
      EnumSet.of(Failure.Kind.NO_ROUTE, Failure.Kind.TIMEOUT, Failure.Kind.DNS);

  static Optional<AgentIsolation> of(Inventory declared, Topology live) {
    var nodes = new TreeSet<String>();
    var silent = new TreeSet<String>();
    var affected = new TreeSet<String>();
    for (var cluster : declared.clusters()) {
      for (var instance : cluster.instances()) {
        nodes.add(instance.endpoint().host());
        if (isCutOff(instance.endpoint(), live)) {
          silent.add(instance.endpoint().host());
          affected.add(trunk(cluster, declared));
        }
      }
    }
    var isLikely =
        silent.size() >= FEWEST && 2 * silent.size() > nodes.size() && affected.size() >= 2;
    return isLikely && !isAnyLost(live)
        ? Optional.of(new AgentIsolation(silent.size(), nodes.size()))
        : Optional.empty();
  }

  /** Whether the network does not lead to an endpoint. */
  static boolean isCutOff(Endpoint endpoint, Topology live) {
    var failure = live.unreachable().get(endpoint);
    return failure != null && NETWORK.contains(failure.kind());
  }

  private static boolean isAnyLost(Topology live) {
    return live.liveness().values().stream()
        .anyMatch(testimony -> testimony.liveness() == Liveness.LOST);
  }

  /** The cluster that it follows, or itself: a cluster and its standby cluster count once. */
  private static String trunk(Cluster cluster, Inventory declared) {
    return cluster
        .primary()
        .map(Instance::upstream)
        .filter(DeclaredUpstream.Outside.class::isInstance)
        .map(upstream -> ((DeclaredUpstream.Outside) upstream).endpoint())
        .flatMap(
            endpoint ->
                declared
                    .instances()
                    .filter(instance -> instance.endpoint().equals(endpoint))
                    .map(Instance::cluster)
                    .findFirst())
        .orElse(cluster.name());
  }
}

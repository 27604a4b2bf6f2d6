package io.pgtopo.agent.failover;

import io.pgtopo.config.model.Instance;
import java.util.Comparator;
import java.util.List;

/**
 * The loss of one node or zone, as far as it concerns one cluster.
 *
 * @param node its address, or the name of the only instance that is lost, or {@code zone} with the
 *     name of the zone
 * @param instances of the cluster that are lost
 * @param effects the worst first; none if the cluster bears it
 */
public record NodeLoss(String node, List<Instance> instances, List<LossEffect> effects) {
  /** The node whose loss costs most first. */
  static final Comparator<NodeLoss> ORDER =
      Comparator.comparingInt(
              (NodeLoss it) ->
                  it.effects.stream().mapToInt(LossEffect::rank).min().orElse(Integer.MAX_VALUE))
          .thenComparingInt(it -> it.instances.getFirst().seq());

  public NodeLoss {
    instances = List.copyOf(instances);
    effects = effects.stream().sorted(Comparator.comparingInt(LossEffect::rank)).toList();
  }

  /** Whether the cluster bears it. */
  public Safety safety() {
    return Safety.worst(effects.stream().map(LossEffect::safety).toList());
  }
}

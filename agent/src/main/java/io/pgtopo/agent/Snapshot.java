package io.pgtopo.agent;

import io.pgtopo.agent.drift.Judgement;
import io.pgtopo.agent.drift.TrackedDrift;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.Inventory;
import io.pgtopo.config.Policy;
import java.util.Comparator;
import java.util.List;

/**
 * Everything that one cycle yields. All that a user sees is a function of this.
 *
 * @param window of the cycle, by the agent's clock
 * @param observations in order of their endpoints
 * @param drifts in order of kind and subject
 * @param judgement what the drifts amount to under the policy
 */
public record Snapshot(
    Window window,
    Inventory inventory,
    List<Observation> observations,
    Topology topology,
    List<TrackedDrift> drifts,
    Judgement judgement) {

  /** One where nothing is said of how drift is to be taken. */
  public Snapshot(
      Window window,
      Inventory inventory,
      List<Observation> observations,
      Topology topology,
      List<TrackedDrift> drifts) {
    this(
        window,
        inventory,
        observations,
        topology,
        drifts,
        Judgement.of(Policy.NONE, inventory, topology, drifts, window.to()));
  }

  public Snapshot {
    observations =
        observations.stream().sorted(Comparator.comparing(Observation::endpoint)).toList();
    drifts = List.copyOf(drifts);
  }
}
